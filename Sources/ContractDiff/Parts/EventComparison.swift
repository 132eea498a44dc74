// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import JSON
import Realtime

/// Events: backends publish them, clients get them.
struct EventComparison {
    let old: ContractOutline
    let new: ContractOutline

    func compare(into notes: inout ChangeNotes) {
        let was = self.old.events + self.old.apps.flatMap(\.events)
        let isNow = self.new.events + self.new.apps.flatMap(\.events)
        let gone = was.filter { event in !isNow.contains { $0.name == event.name } }
        var added = isNow.filter { event in !was.contains { $0.name == event.name } }
        for event in gone {
            // The same under another name.
            if let index = added.firstIndex(where: { Self.isAlike(event, $0) }) {
                let other = added.remove(at: index)
                notes.breaking(
                    .everybody, other.location, "event \(event.name) is called \(other.name) now",
                    "clients wait for the old name, and backends publish under it")
            } else {
                notes.breaking(
                    .everybody, event.location, "event \(event.name) is gone",
                    "clients get it no more, and what backends publish under this name is refused")
            }
        }
        for event in added {
            notes.safe(.clients, event.location, "event \(event.name) is new", "clients that do not know it ignore it")
        }
        for event in was {
            if let other = isNow.first(where: { $0.name == event.name }) { self.compare(event, other, into: &notes) }
        }
    }

    private static func isAlike(_ a: EventOutline, _ b: EventOutline) -> Bool {
        a.schema == b.schema && a.schema != nil && a.routes == b.routes && a.app == b.app
            && a.description == b.description
    }

    private func compare(_ a: EventOutline, _ b: EventOutline, into notes: inout ChangeNotes) {
        let name = "event \(a.name)"
        var schemas = SchemaComparison(old: Self.schemas(self.old), new: Self.schemas(self.new))
        for difference in schemas.differences(a.schema, b.schema) {
            let what = "\(name): \(difference.what)"
            switch difference.effect {
            case .narrower:
                notes.breaking(.backends, b.location, what, "what backends publish as before may be refused")
            case .wider: notes.breaking(.clients, b.location, what, "clients may get what they do not expect")
            case .moreValues:
                notes.notable(.clients, b.location, what, "clients that look at each value must know the new ones")
            case .looser: notes.notable(.clients, b.location, what, "clients may get values that did not come before")
            case .newField: notes.safe(.everybody, b.location, what, "clients that do not know it ignore it")
            case .lostField: notes.notable(.clients, b.location, what, "it is not checked, and may not come any more")
            }
        }
        for channel in a.channels where !b.channels.contains(channel) {
            notes.breaking(
                .clients, b.location, "\(name) does not go to \(channel) any more",
                "clients that are subscribed there get it no more")
        }
        for channel in b.channels where !a.channels.contains(channel) {
            notes.safe(
                .clients, b.location, "\(name) goes to \(channel), too", "clients that are subscribed there get it")
        }
        if a.channels == b.channels, a.routes != b.routes {
            notes.notable(
                .everybody, b.location,
                "\(name) goes to \(b.routes.joined(separator: "; ")), went to \(a.routes.joined(separator: "; "))",
                "other clients may get it")
        }
        if let kept = a.kept, b.kept != kept {
            notes.notable(
                .clients, b.location, "\(name) is kept for \(b.kept ?? "nobody"), was for \(kept)",
                "clients that were away may not find it")
        }
        if !a.isEphemeral && b.isEphemeral {
            notes.notable(
                .clients, b.location, "\(name) stands in no history any more", "clients that were away do not find it")
        }
    }

    static func schemas(_ outline: ContractOutline) -> [String: JSONNode] {
        var schemas: [String: JSONNode] = [:]
        for schema in outline.schemas {
            schemas[schema.name] = try? JSONDocument(parsing: schema.json, maximumDepth: 128).root
        }
        return schemas
    }
}
