// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `await:`, by which an event is held back until others have come or a time is over.
struct WaitCompiler {
    let events: [EventCompiler.Compiled]
    let faults: FaultCollector

    /// In the order of the file, without those that are not enabled.
    func rules() -> [WaitRule] {
        var rules: [WaitRule] = []
        for event in self.events {
            guard let node = event.wait, let (rule, isEnabled) = self.rule(node, of: event) else { continue }
            if isEnabled { rules.append(rule) }
        }
        self.checkCircles(rules)
        return rules
    }

    private func rule(_ node: DocumentNode, of held: EventCompiler.Compiled) -> (WaitRule, isEnabled: Bool)? {
        guard let map = MapReader(node, ContractKeys.wait, what: "\"await\"", self.faults) else { return nil }
        let isEnabled = map["enabled"]?.bool("\"enabled\"", self.faults) ?? true
        let count = map.required("count")?.integer("\"count\"", in: 1...1000, self.faults)
        let within = map.required("within", hint: "how long to wait at most, such as within: 7d")?
            .duration("\"within\"", self.faults)
        let keyNode = map.required("key", hint: "what tells one wait from another, such as key: \"{orderId}\"")
        let itemNode = map.required(
            "each", hint: "what tells one counted event from another, such as each: \"{ratingId}\"")
        guard let trigger = self.trigger(map) else { return nil }
        let names = NameTemplateCompiler(places: .payload(trigger.fields, allowsMember: false), faults: self.faults)
        let key = keyNode.flatMap { names.name($0, what: "\"key\"") }
        if let keyNode, key != nil {
            // A backend that publishes the held event itself ends the wait, which is found by the same key.
            _ = NameTemplateCompiler(places: .payload(held.fields, allowsMember: false), faults: self.faults)
                .name(keyNode, what: "\"key\"")
        }
        let item = itemNode.flatMap { names.name($0, what: "\"each\"") }
        let data = self.data(map["data"], trigger)
        self.checkPayload(data, of: held, from: trigger, at: map["data"]?.location ?? node.location)
        guard let key, let item, let count, let within else { return nil }
        let rule = WaitRule(
            event: held.type.name, trigger: trigger.type.name, key: key, item: item, count: count, within: within,
            data: data, location: node.location)
        return (rule, isEnabled)
    }

    private func trigger(_ map: MapReader) -> EventCompiler.Compiled? {
        guard let node = map.required("event", hint: "the event that is counted"),
            let name = node.nonEmptyText("\"event\"", self.faults)
        else { return nil }
        if let event = self.events.first(where: { $0.type.name == name }) { return event }
        self.faults.error(
            "there is no event \"\(name)\"", at: node.location,
            hint: Spelling.suggestion(for: name, among: self.events.map(\.type.name)))
        return nil
    }

    /// The trigger's whole payload where the contract gives no template.
    private func data(_ node: DocumentNode?, _ trigger: EventCompiler.Compiled) -> Template {
        guard let node else { return Template(.value(TemplatePath(.payload([])))) }
        let context = TemplateContext(name: "\"data\"", roots: [], payload: trigger.fields)
        return TemplateCompiler(context: context, faults: self.faults).template(node)
    }

    /// Tries the template on the trigger's examples: what the server will publish must fit the held event's schema.
    private func checkPayload(
        _ data: Template, of held: EventCompiler.Compiled, from trigger: EventCompiler.Compiled,
        at location: SourceLocation
    ) {
        guard let schema = held.type.schema else { return }
        for example in trigger.type.examples {
            var scope = TemplateScope(now: Timestamp(milliseconds: 0))
            scope.payload = example.root
            guard let payload = try? JSONDocument(parsing: data.rendered(in: scope), maximumDepth: 128),
                let violation = schema.firstViolation(in: payload.root)
            else { continue }
            let place =
                violation.instance.tokens.isEmpty ? "it" : "\"\(violation.instance.tokens.joined(separator: "."))\""
            self.faults.error(
                "from the example of \(trigger.type.name), \(held.type.name) would be published against its schema: "
                    + "\(place) \(violation.message)",
                at: location)
            return
        }
    }

    /// Events that wait for each other, or for what follows from each other, would publish each other for ever.
    private func checkCircles(_ rules: [WaitRule]) {
        for rule in rules {
            var reached: Set<String> = [rule.event]
            var waiting = [rule.event]
            while let event = waiting.popLast() {
                let next =
                    rules.filter { $0.trigger == event }.map(\.event)
                    + (self.events.first { $0.type.name == event }?.type.derived.map(\.event) ?? [])
                for next in next where reached.insert(next).inserted { waiting.append(next) }
                if rules.contains(where: { $0.event == rule.event && $0.trigger == event }) {
                    self.faults.error("\(rule.event) waits, directly or not, for itself", at: rule.location)
                    waiting = []
                }
            }
        }
    }
}
