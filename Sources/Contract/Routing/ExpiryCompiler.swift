// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `expires:`, by which an event ends by itself.
struct ExpiryCompiler {
    let fields: PayloadFields
    let faults: FaultCollector

    /// - Parameter event: with its schema and examples, on which the end is tried.
    func expiry(_ node: DocumentNode, of event: EventType) -> EventType.Expiry? {
        guard let map = MapReader(node, ContractKeys.expires, what: "\"expires\"", self.faults) else { return nil }
        let after = map.required("after", hint: "when it ends, such as after: 6s")?.duration("\"after\"", self.faults)
        let key = map.required("key", hint: "what tells one from another, such as key: \"{userId}\"").flatMap {
            NameTemplateCompiler(places: .payload(self.fields, allowsMember: false), faults: self.faults)
                .name($0, what: "\"key\"")
        }
        guard let dataNode = map.required("data", hint: "the payload that ends it") else { return nil }
        let context = TemplateContext(name: "\"data\"", roots: [], payload: self.fields)
        let data = TemplateCompiler(context: context, faults: self.faults).template(dataNode)
        self.check(data, of: event, at: dataNode.location)
        guard let after, let key else { return nil }
        return EventType.Expiry(key: key, after: after, data: data)
    }

    private func check(_ data: Template, of event: EventType, at location: SourceLocation) {
        guard let schema = event.schema else { return }
        for example in event.examples {
            var scope = TemplateScope(now: Timestamp(milliseconds: 0))
            scope.payload = example.root
            guard let payload = try? JSONDocument(parsing: data.rendered(in: scope), maximumDepth: 128),
                let violation = schema.firstViolation(in: payload.root)
            else { continue }
            let tokens = violation.instance.tokens
            let place = tokens.isEmpty ? "it" : "\"\(tokens.joined(separator: "."))\""
            self.faults.error(
                "from its example, \(event.name) would end with a payload against its schema: \(place) \(violation.message)",
                at: location)
            return
        }
    }
}
