// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// Channels, and who may do what there.
struct ChannelComparison {
    let old: ContractOutline
    let new: ContractOutline

    func compare(into notes: inout ChangeNotes) {
        for channel in self.old.channels {
            guard let other = self.new.channels.first(where: { $0.pattern == channel.pattern }) else {
                notes.breaking(
                    .everybody, channel.location, "channel \(channel.pattern) is gone",
                    "clients cannot subscribe to it, and backends cannot name it")
                continue
            }
            self.compare(channel, other, into: &notes)
        }
        for channel in self.new.channels where !self.old.channels.contains(where: { $0.pattern == channel.pattern }) {
            notes.safe(.everybody, channel.location, "channel \(channel.pattern) is new", "nobody relies on it yet")
        }
        let place = self.new.channels.first?.location ?? SourceLocation(file: self.new.file, line: 1, column: 1)
        for join in self.old.joins where !self.new.joins.contains(join) {
            notes.breaking(
                .clients, place, "clients are not subscribed to \(join) by connecting any more",
                "they get nothing from there")
        }
        for join in self.new.joins where !self.old.joins.contains(join) {
            notes.notable(
                .clients, place, "clients are subscribed to \(join) by connecting", "they get what goes there")
        }
    }

    private func compare(_ a: ChannelOutline, _ b: ChannelOutline, into notes: inout ChangeNotes) {
        let name = "channel \(a.pattern)"
        Self.compareRights(
            a.isInternal ? [] : a.rights, b.isInternal ? [] : b.rights, b.location, "\(name): who may subscribe",
            into: &notes)
        Self.compareRights(
            a.clientRights, b.clientRights, b.location, "\(name): which clients may publish", into: &notes)
        if a.undeclared != b.undeclared {
            switch (a.undeclared, b.undeclared) {
            case (nil, _), (_, "any"):
                notes.safe(.backends, b.location, "\(name) takes more events that are not declared", "more is accepted")
            default:
                notes.breaking(
                    .backends, b.location,
                    "\(name) takes \(b.undeclared.map { "only \($0)" } ?? "no") events that are not declared, took \(a.undeclared ?? "none")",
                    "what backends publish there may be refused")
            }
        }
        if let wildcard = a.wildcard, b.wildcard != wildcard {
            notes.breaking(
                .clients, b.location, "\(wildcard) does not stand for all of \(a.pattern) any more",
                "clients that subscribe to it get nothing")
        }
        for kept in a.keeps where !b.keeps.contains(kept) {
            notes.notable(
                .clients, b.location, "\(name) does not keep \(kept) any more",
                "clients that were away may miss something")
        }
        for kept in b.keeps where !a.keeps.contains(kept) {
            notes.safe(.clients, b.location, "\(name) keeps \(kept)", "clients need not ask for it")
        }
    }

    /// One of the rights suffices; none: nobody.
    static func compareRights(
        _ a: [String], _ b: [String], _ location: SourceLocation, _ what: String, none: String = "nobody",
        into notes: inout ChangeNotes
    ) {
        let (was, isNow) = (Set(a), Set(b))
        guard was != isNow else { return }
        let text =
            "\(what): \(b.isEmpty ? none : b.joined(separator: "; ")), was \(a.isEmpty ? none : a.joined(separator: "; "))"
        let everybody = none == "nobody" ? "everyone" : ""
        let isLoosened =
            none == "nobody"
            ? was.isSubset(of: isNow) || isNow.contains(everybody)
            : isNow.isEmpty || (!was.isEmpty && was.isSubset(of: isNow))
        if isLoosened {
            notes.notable(.everybody, location, text, "others may hear or say what they could not")
        } else {
            notes.breaking(.clients, location, text, "clients that could are refused")
        }
    }
}
