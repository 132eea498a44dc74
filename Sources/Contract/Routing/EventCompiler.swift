// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `events:` but for `await:` and `then:`, which speak of several events and are read when all are known.
struct EventCompiler {
    let library: SchemaLibrary
    let channels: ChannelCheck
    /// The rules of all channels.
    let audiences: [ChannelRules]
    /// For events that say nothing of it.
    var markup = Markup.keep
    let faults: FaultCollector

    /// An event with what is still to be read of it.
    struct Compiled {
        var type: EventType
        var fields: PayloadFields
        var wait: DocumentNode?
        var then: DocumentNode?
    }

    /// In the order of the file.
    func events(_ node: DocumentNode?) -> [Compiled] {
        (node?.entries("\"events\"", self.faults) ?? []).compactMap(self.event)
    }

    private func event(_ entry: DocumentNode.Entry) -> Compiled? {
        guard !entry.key.isEmpty, !entry.key.contains(where: { "{}*".contains($0) || $0.isNewline }) else {
            self.faults.error(
                "\"\(entry.key)\" is no name of an event", at: entry.keyLocation,
                hint: "an event has a fixed name, such as order.created")
            return nil
        }
        guard let map = MapReader(entry.value, ContractKeys.event, what: "an event", self.faults) else { return nil }
        _ = map["description"]?.text("\"description\"", self.faults)
        var fields = PayloadFields(event: entry.key, knowledge: .nothing, library: self.library)
        if let data = map["data"] { fields.knowledge = self.library.knowledge(data, "data", self.faults) }
        var type = EventType(name: entry.key, routes: [], location: entry.keyLocation)
        type.schema = fields.knowledge.schema
        type.id = map["id"].flatMap {
            NameTemplateCompiler(places: .payload(fields, allowsMember: false), faults: self.faults)
                .name($0, what: "\"id\"")
        }
        let routes = RouteCompiler(fields: fields, channels: self.channels, faults: self.faults)
        type.routes = map["to"].map(routes.routes) ?? []
        let members = MemberCompiler(fields: fields, channels: self.channels, faults: self.faults)
        type.memberEffects =
            members.effects(map["members"], isRemoval: false) + members.effects(map["removeMembers"], isRemoval: true)
        type.recordEffects = RecordCompiler(fields: fields, channels: self.channels, faults: self.faults).effects(
            map["record"])
        type.inboxAge = map["inbox"].flatMap(self.inboxAge)
        if type.inboxAge != nil {
            AudienceCheck(channels: self.audiences, faults: self.faults).check(type, at: map.keyLocation("inbox"))
        }
        type.isEphemeral = map["ephemeral"]?.bool("\"ephemeral\"", self.faults) ?? false
        type.markup = map["markup"].flatMap { Markup($0, self.faults) } ?? self.markup
        type.endsConnectionsAfter = map["endsConnections"]?.duration(
            "\"endsConnections\"", self.faults)
        let examples = ExampleCheck(fields: fields, faults: self.faults)
        type.examples = ((map["example"].map { [$0] } ?? []) + (map["examples"]?.elements ?? [])).compactMap(
            examples.document)
        type.expiry = map["expires"].flatMap {
            ExpiryCompiler(fields: fields, faults: self.faults).expiry($0, of: type)
        }
        return Compiled(type: type, fields: fields, wait: map["await"], then: map["then"])
    }

    /// `true`, or a map with the time.
    private func inboxAge(_ node: DocumentNode) -> Int64? {
        let standard: Int64 = 30 * 86_400_000
        guard case .map = node.value else {
            return node.bool("\"inbox\"", self.faults) == true ? standard : nil
        }
        guard let map = MapReader(node, ContractKeys.inbox, what: "\"inbox\"", self.faults) else { return nil }
        return map.required("for", hint: "how long it is kept, such as for: 30d")?.duration("\"for\"", self.faults)
    }
}
