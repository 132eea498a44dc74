// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `presence:` of the channels, when the events that it names are known.
struct ChannelPresenceCompiler {
    let events: [EventCompiler.Compiled]
    let faults: FaultCollector

    /// - Parameter node: what the contract has under `channels:`.
    func addPresence(_ node: DocumentNode?, to channels: inout [ChannelRules]) {
        guard let node, case .map(let entries) = node.value else { return }
        for entry in entries {
            guard let value = entry.value["presence"],
                let index = channels.firstIndex(where: { $0.pattern.description == entry.key }),
                let map = MapReader(value, ContractKeys.channelPresence, what: "presence", self.faults)
            else { continue }
            if channels[index].isInternal {
                self.faults.error("who is in an internal channel concerns nobody", at: value.location)
            }
            let grace = map["grace"].map { $0.duration("\"grace\"", allowsZero: true, self.faults) } ?? 10_000
            let pattern = channels[index].pattern
            channels[index].presence = ChannelPresenceRules(
                grace: grace ?? 0, online: self.change("online", of: map, pattern),
                offline: self.change("offline", of: map, pattern))
        }
    }

    private func change(_ key: String, of map: MapReader, _ pattern: ChannelPattern) -> ChannelPresenceRules.Change? {
        guard let node = map[key],
            let change = MapReader(node, ContractKeys.channelPresenceChange, what: "\"\(key)\"", self.faults)
        else { return nil }
        let context = TemplateContext(
            name: "the data of \"\(key)\"", roots: [.user, .channel, .now],
            channelParameters: pattern.parameters.filter { $0 != "name" })
        let dataNode = change.required("data", hint: "write data: { user: \"{user.id}\", timestamp: \"{now}\" }")
        let data = dataNode.map { TemplateCompiler(context: context, faults: self.faults).template($0) }
        guard let value = change.required("event", hint: "the event that says it, declared under events"),
            let name = value.nonEmptyText("\"event\"", self.faults)
        else { return nil }
        guard let event = self.events.first(where: { $0.type.name == name }) else {
            self.faults.error(
                "there is no event \"\(name)\"", at: value.location,
                hint: Spelling.suggestion(for: name, among: self.events.map(\.type.name)) ?? "declare it under events:")
            return nil
        }
        guard let data, let dataNode else { return nil }
        self.check(data, of: event.type, in: pattern, at: dataNode.location)
        return ChannelPresenceRules.Change(event: name, data: data)
    }

    /// Tries the template on a user who has everything: what is missing then is always missing.
    private func check(_ data: Template, of event: EventType, in pattern: ChannelPattern, at location: SourceLocation) {
        guard let schema = event.schema else { return }
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.identity = Identity(user: UserID("user"), name: "name", avatar: "avatar")
        scope.channelPattern = pattern
        scope.channel = pattern.parts.map { part in
            if case .literal(let text) = part { text } else { "x" }
        }.joined()
        guard let payload = try? JSONDocument(parsing: data.rendered(in: scope), maximumDepth: 128) else { return }
        for violation in schema.violations(in: payload.root)
        where violation.keyword == "required" && violation.instance.tokens.isEmpty {
            self.faults.error("\"data\" breaks the schema of \(event.name): it \(violation.message)", at: location)
        }
    }
}
