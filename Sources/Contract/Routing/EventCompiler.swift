// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `events:` but for `await:`, which speaks of several events and is read when all are known.
struct EventCompiler {
    let library: SchemaLibrary
    let channels: ChannelCheck
    let faults: FaultCollector

    /// An event with what is still to be read of it.
    struct Compiled {
        var type: EventType
        var fields: PayloadFields
        var wait: DocumentNode?
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
        if let data = map["data"] { fields.knowledge = self.schema(data) }
        var type = EventType(name: entry.key, routes: [], location: entry.keyLocation)
        if case .schema(let schema, _) = fields.knowledge { type.schema = schema }
        type.routes = map["to"].map { self.routes($0, fields) } ?? []
        let members = MemberCompiler(fields: fields, channels: self.channels, faults: self.faults)
        type.memberEffects =
            members.effects(map["members"], isRemoval: false) + members.effects(map["removeMembers"], isRemoval: true)
        type.recordEffects = RecordCompiler(fields: fields, channels: self.channels, faults: self.faults).effects(
            map["record"])
        let examples = ExampleCheck(fields: fields, faults: self.faults)
        type.examples = ((map["example"].map { [$0] } ?? []) + (map["examples"]?.elements ?? [])).compactMap(
            examples.document)
        return Compiled(type: type, fields: fields, wait: map["await"])
    }

    private func schema(_ node: DocumentNode) -> PayloadFields.Knowledge {
        switch node.value {
        case .faulty: return .faulty
        case .map, .bool:
            guard let schema = self.library.compile(node) else { return .faulty }
            return .schema(schema, node: node)
        default:
            self.faults.error(
                "\"data\" must be a JSON Schema, is \(node.kindInWords)", at: node.location,
                hint: "write data: { type: object } or data: { $ref: \"#/schemas/NAME\" }")
            return .faulty
        }
    }

    // MARK: Routes

    private func routes(_ node: DocumentNode, _ fields: PayloadFields) -> [EventType.Route] {
        node.elements.compactMap { element in
            if case .map = element.value { return self.membersRoute(element, fields) }
            let compiler = NameTemplateCompiler(places: .payload(fields, allowsMember: false), faults: self.faults)
            guard let name = compiler.name(element, what: "a route") else { return nil }
            self.channels.check(name, at: element.location)
            return .channel(name, location: element.location)
        }
    }

    private func membersRoute(_ node: DocumentNode, _ fields: PayloadFields) -> EventType.Route? {
        guard let map = MapReader(node, ContractKeys.route, what: "a route", self.faults) else { return nil }
        let source = map.required("membersOf").flatMap {
            NameTemplateCompiler(places: .payload(fields, allowsMember: false), faults: self.faults)
                .name($0, what: "\"membersOf\"")
        }
        let target = map.required("as", hint: "write as: \"user:{member}\"").flatMap {
            NameTemplateCompiler(places: .payload(fields, allowsMember: true), faults: self.faults).name(
                $0, what: "\"as\"")
        }
        guard let source, let target else { return nil }
        self.channels.check(source, at: map["membersOf"]?.location ?? node.location)
        self.channels.check(target, at: map["as"]?.location ?? node.location)
        if !target.parts.contains(where: { if case .member = $0 { true } else { false } }) {
            self.faults.error(
                "\"as\" must have the place {member}", at: map["as"]?.location ?? node.location,
                hint: "write as: \"user:{member}\"")
        }
        return .membersOf(source, as: target, location: node.location)
    }
}
