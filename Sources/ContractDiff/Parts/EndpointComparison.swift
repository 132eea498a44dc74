// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// Where clients connect, and with which credentials.
struct EndpointComparison {
    let old: ContractOutline
    let new: ContractOutline

    private var place: SourceLocation {
        self.new.endpoints.first?.location ?? SourceLocation(file: self.new.file, line: 1, column: 1)
    }

    func compare(into notes: inout ChangeNotes) {
        for endpoint in self.old.endpoints {
            guard let other = self.new.endpoints.first(where: { Self.address($0) == Self.address(endpoint) }) else {
                notes.breaking(
                    .clients, endpoint.location, "nothing listens at \(Self.address(endpoint)) any more",
                    "clients that connect there are refused")
                continue
            }
            self.compare(endpoint, other, into: &notes)
        }
        for endpoint in self.new.endpoints
        where !self.old.endpoints.contains(where: { Self.address($0) == Self.address(endpoint) }) {
            notes.safe(
                .clients, endpoint.location, "clients may connect at \(Self.address(endpoint))",
                "nobody relies on it yet")
        }
        self.compareCredentials(into: &notes)
    }

    private static func address(_ endpoint: EndpointOutline) -> String {
        "\(endpoint.isSocketIO ? "socketio" : "websocket") \(endpoint.host ?? "*"):\(endpoint.port)\(endpoint.path)"
    }

    private func compare(_ a: EndpointOutline, _ b: EndpointOutline, into notes: inout ChangeNotes) {
        let name = Self.address(a)
        if a.isSecure != b.isSecure {
            notes.breaking(
                .clients, b.location, "\(name) is \(b.isSecure ? "encrypted" : "not encrypted any more")",
                "clients connect with another scheme")
        }
        if !b.origins.contains("*") {
            for origin in a.origins where !b.origins.contains(origin) {
                notes.breaking(
                    .clients, b.location, "pages of \(origin) may not connect to \(name) any more",
                    "their users are refused")
            }
        }
        for origin in b.origins where !a.origins.contains(origin) {
            notes.notable(.clients, b.location, "pages of \(origin) may connect to \(name)", "others may, too")
        }
        for namespace in a.namespaces {
            guard let other = b.namespaces.first(where: { $0.name == namespace.name }) else {
                notes.breaking(
                    .clients, b.location, "the namespace \(namespace.name) of \(name) is gone",
                    "whoever joins it is refused")
                continue
            }
            ChannelComparison.compareRights(
                namespace.requirements, other.requirements, other.location, "namespace \(namespace.name): who may join",
                none: "whoever is connected", into: &notes)
            for join in namespace.joins where !other.joins.contains(join) {
                notes.breaking(
                    .clients, other.location, "joining \(namespace.name) does not subscribe to \(join) any more",
                    "clients get nothing from there")
            }
            for join in other.joins where !namespace.joins.contains(join) {
                notes.notable(
                    .clients, other.location, "joining \(namespace.name) subscribes to \(join)",
                    "clients get what goes there")
            }
        }
        for namespace in b.namespaces where !a.namespaces.contains(where: { $0.name == namespace.name }) {
            notes.safe(
                .clients, namespace.location, "the namespace \(namespace.name) of \(name) is new",
                "nobody relies on it yet")
        }
    }

    private func compareCredentials(into notes: inout ChangeNotes) {
        if self.old.mode != self.new.mode {
            let what = "authentication is \(self.new.mode), was \(self.old.mode)"
            if self.new.mode == "required" || self.old.mode == "required" && self.new.mode == "none" {
                notes.breaking(
                    .clients, self.place, what,
                    self.new.mode == "required"
                        ? "clients without a credential are refused" : "no connection has a user any more")
            } else {
                notes.notable(.clients, self.place, what, "who connects may be somebody else than before")
            }
        }
        for credential in self.old.credentials where !self.new.credentials.contains(credential) {
            notes.breaking(
                .clients, self.place, "\(credential) is not looked at any more",
                "clients that bring it there are refused")
        }
        for credential in self.new.credentials where !self.old.credentials.contains(credential) {
            notes.safe(.clients, self.place, "credentials may come as \(credential)", "nobody relies on it yet")
        }
        if self.old.onExpiry != self.new.onExpiry {
            notes.notable(
                .clients, self.place, "when a token expires \(self.new.onExpiry), before: \(self.old.onExpiry)",
                "clients must bring another token in time")
        }
    }
}
