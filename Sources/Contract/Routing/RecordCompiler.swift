// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `record:` of an event: what it says about a channel's last known state.
struct RecordCompiler {
    let fields: PayloadFields
    let channels: ChannelCheck
    let faults: FaultCollector

    func effects(_ node: DocumentNode?) -> [EventType.RecordEffect] {
        (node?.entries("\"record\"", self.faults) ?? []).compactMap { entry in
            let names = NameTemplateCompiler(places: .payload(self.fields, allowsMember: false), faults: self.faults)
            let channel = names.name(entry.key, at: entry.keyLocation)
            if let channel { self.channels.check(channel, at: entry.keyLocation) }
            let change = self.change(entry.value)
            guard let channel, let change else { return nil }
            return EventType.RecordEffect(channel: channel, change: change)
        }
    }

    /// `{ merge: … }` and `{ remove: true }` are orders; any other value is the record's template.
    private func change(_ node: DocumentNode) -> EventType.RecordEffect.Change? {
        if case .map(let entries) = node.value, entries.count == 1 {
            if entries[0].key == "merge" { return .merge(self.template(entries[0].value)) }
            if entries[0].key == "remove" {
                guard let isRemoved = entries[0].value.bool("\"remove\"", self.faults) else { return nil }
                if !isRemoved { self.faults.error("\"remove\" can only be true", at: entries[0].value.location) }
                return .remove
            }
        }
        if node.isNull {
            self.faults.error(
                "the record's value is missing", at: node.location, hint: "write { remove: true } to end the record")
            return nil
        }
        return .replace(self.template(node))
    }

    private func template(_ node: DocumentNode) -> Template {
        let context = TemplateContext(name: "\"record\"", roots: [], payload: self.fields)
        return TemplateCompiler(context: context, faults: self.faults).template(node)
    }
}
