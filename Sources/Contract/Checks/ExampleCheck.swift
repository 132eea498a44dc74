// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Holds the examples of an event against its schema.
struct ExampleCheck {
    let fields: PayloadFields
    let faults: FaultCollector

    /// The example as JSON; `nil`, after a fault, when it breaks the schema.
    func document(_ node: DocumentNode) -> JSONDocument? {
        guard !node.isFaulty else { return nil }
        var rendering = JSONRendering()
        rendering.append(node, at: JSONPointer())
        guard let document = rendering.document, case .schema(let schema, _) = self.fields.knowledge else {
            return rendering.document
        }
        let violations = schema.violations(in: document.root)
        for violation in violations {
            let path =
                violation.instance.tokens.isEmpty ? "it" : "\"\(violation.instance.tokens.joined(separator: "."))\""
            self.faults.error(
                "the example breaks the schema of \(self.fields.event): \(path) \(violation.message)",
                at: rendering.location(of: violation.instance) ?? node.location)
        }
        return violations.isEmpty ? document : nil
    }
}
