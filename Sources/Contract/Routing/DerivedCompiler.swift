// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `then:`, by which one event follows from another.
struct DerivedCompiler {
    let check: ChannelCheck
    let channels: [ChannelRules]
    let faults: FaultCollector

    /// Gives each event what follows from it, in the order of the file, without what is not enabled.
    func addDerived(to events: inout [EventCompiler.Compiled]) {
        let all = events
        for index in events.indices {
            for node in events[index].then?.elements ?? [] {
                guard let (derived, isEnabled) = self.derived(node, from: all[index], among: all), isEnabled else {
                    continue
                }
                events[index].type.derived.append(derived)
            }
        }
    }

    private func derived(
        _ node: DocumentNode, from source: EventCompiler.Compiled, among events: [EventCompiler.Compiled]
    ) -> (DerivedEvent, isEnabled: Bool)? {
        guard let map = MapReader(node, ContractKeys.derived, what: "an event that follows", self.faults) else {
            return nil
        }
        let isEnabled = map["enabled"]?.bool("\"enabled\"", self.faults) ?? true
        let target = self.target(map, from: source, among: events)
        let channels = self.names(map["channels"], "a channel", source.fields, checksChannels: true)
        let users = self.names(map["users"], "a user", source.fields, checksChannels: false)
        if let target { self.checkPlaces(map, channels, users, of: target) }
        guard let dataNode = map.required("data", hint: "the payload of what follows") else { return nil }
        let context = TemplateContext(name: "\"data\"", roots: [.new], payload: source.fields)
        let uses = PathUse()
        let data = TemplateCompiler(context: context, faults: self.faults, uses: uses).template(dataNode)
        guard let target else { return nil }
        self.checkPayload(data, of: target, from: source, at: dataNode.location)
        var derived = DerivedEvent(event: target.type.name, data: data)
        derived.channels = channels.map(\.name)
        derived.users = users.map(\.name)
        derived.usesNewID = uses.sources.contains(.newID)
        return (derived, isEnabled)
    }

    /// The event that follows, from which nothing may follow in turn.
    private func target(
        _ map: MapReader, from source: EventCompiler.Compiled, among events: [EventCompiler.Compiled]
    ) -> EventCompiler.Compiled? {
        guard let node = map.required("event", hint: "the event that follows"),
            let name = node.nonEmptyText("\"event\"", self.faults)
        else { return nil }
        guard let target = events.first(where: { $0.type.name == name }) else {
            self.faults.error(
                "there is no event \"\(name)\"", at: node.location,
                hint: Spelling.suggestion(for: name, among: events.map(\.type.name)) ?? "declare it under events:")
            return nil
        }
        if target.then != nil {
            self.faults.error(
                name == source.type.name ? "\(name) follows from itself" : "from \(name) something follows in turn",
                at: node.location, hint: "what follows from an event has no then: of its own")
            return nil
        }
        return target
    }

    private func names(
        _ node: DocumentNode?, _ what: String, _ fields: PayloadFields, checksChannels: Bool
    ) -> [(name: NameTemplate, location: SourceLocation)] {
        let compiler = NameTemplateCompiler(places: .payload(fields, allowsMember: false), faults: self.faults)
        return (node?.elements ?? []).compactMap { element in
            guard let name = compiler.name(element, what: what) else { return nil }
            if checksChannels { self.check.check(name, at: element.location) }
            return (name, element.location)
        }
    }

    private func checkPlaces(
        _ map: MapReader, _ channels: [(name: NameTemplate, location: SourceLocation)],
        _ users: [(name: NameTemplate, location: SourceLocation)], of target: EventCompiler.Compiled
    ) {
        if let node = map["users"], self.channels.allSatisfy({ !$0.isUserChannel }) {
            self.faults.error(
                "no channel is a user's own, so users cannot be sent anything", at: node.location,
                hint: "declare one under channels: \"user:{userId}\": { subscribe: { user: \"{userId}\" } }")
        }
        if target.type.routes.isEmpty && map["channels"] == nil && map["users"] == nil {
            self.faults.error(
                "\(target.type.name) goes nowhere", at: map.keyLocation("event"),
                hint: "say where under events: \(target.type.name): to:, or here with channels or users")
        }
        guard target.type.inboxAge != nil, let node = map["channels"] else { return }
        var routed = target.type
        routed.routes = channels.map { .channel($0.name, location: $0.location) }
        AudienceCheck(channels: self.channels, faults: self.faults).check(routed, at: node.location)
    }

    /// Tries the template on the examples of the event that it follows from.
    private func checkPayload(
        _ data: Template, of target: EventCompiler.Compiled, from source: EventCompiler.Compiled,
        at location: SourceLocation
    ) {
        guard let schema = target.type.schema else { return }
        for example in source.type.examples {
            var scope = TemplateScope(now: Timestamp(milliseconds: 0))
            scope.payload = example.root
            scope.newID = PublicationID.fresh(now: Timestamp(milliseconds: 0))
            guard let payload = try? JSONDocument(parsing: data.rendered(in: scope), maximumDepth: 128),
                let violation = schema.firstViolation(in: payload.root)
            else { continue }
            let tokens = violation.instance.tokens
            let place = tokens.isEmpty ? "it" : "\"\(tokens.joined(separator: "."))\""
            self.faults.error(
                "from the example of \(source.type.name), \(target.type.name) would follow against its schema: "
                    + "\(place) \(violation.message)",
                at: location)
            return
        }
    }
}
