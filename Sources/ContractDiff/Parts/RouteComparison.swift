// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// HTTP requests.
struct RouteComparison {
    let old: ContractOutline
    let new: ContractOutline

    func compare(into notes: inout ChangeNotes) {
        for route in self.old.routes {
            let name = "\(route.method) \(route.path)"
            guard
                let other = self.new.routes.first(where: {
                    $0.method == route.method && Self.shape($0.path) == Self.shape(route.path)
                })
            else {
                notes.breaking(Self.affected(route), route.location, "\(name) is gone", "it is answered with 404")
                continue
            }
            self.compare(route, other, name, into: &notes)
        }
        for route in self.new.routes
        where !self.old.routes.contains(where: {
            $0.method == route.method && Self.shape($0.path) == Self.shape(route.path)
        }) {
            notes.safe(
                Self.affected(route), route.location, "\(route.method) \(route.path) is new", "nobody relies on it yet")
        }
    }

    /// What parameters are called makes no difference.
    private static func shape(_ path: String) -> [String] {
        path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
    }

    private static func affected(_ route: RouteOutline) -> ContractChange.Affected {
        ["backend", "app"].contains(route.sender) ? .backends : .clients
    }

    private func compare(_ a: RouteOutline, _ b: RouteOutline, _ name: String, into notes: inout ChangeNotes) {
        let affected = Self.affected(a)
        if a.sender != b.sender {
            if b.sender == "anyone" {
                notes.notable(
                    affected, b.location, "\(name) is for anyone, was for \(a.sender)", "others may use it, too")
            } else {
                notes.breaking(
                    affected, b.location, "\(name) is for \(b.sender), was for \(a.sender)", "whoever could is refused")
            }
        }
        if a.does != b.does || a.event != b.event {
            notes.breaking(affected, b.location, "\(name) does \(b.does), did \(a.does)", "something else happens")
        }
        if a.status != b.status {
            notes.breaking(
                affected, b.location, "\(name) is answered with \(b.status), was with \(a.status)",
                "whoever compares the status takes it for a failure")
        }
        for query in a.queries where !b.queries.contains(query) {
            notes.breaking(
                affected, b.location, "\(name) does not look at the query \"\(query)\" any more",
                "what it says has no effect")
        }
        for query in b.queries where !a.queries.contains(query) {
            notes.safe(affected, b.location, "\(name) takes the query \"\(query)\"", "nobody relies on it yet")
        }
        CommandComparison.compareSent(a.body, b.body, name, affected, b.location, self.old, self.new, into: &notes)
        CommandComparison.compareTemplates(a.reply, b.reply, "\(name): the answer", affected, b.location, into: &notes)
        CommandComparison.compareTemplates(
            a.item, b.item, "\(name): an element of the answer", affected, b.location, into: &notes)
    }
}
