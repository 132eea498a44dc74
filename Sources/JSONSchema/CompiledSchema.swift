// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A schema ready to check values, made by ``JSONSchemaCompiler``. Immutable; any thread may use it.
///
/// Of a repeated member name every occurrence is checked, since all of them are passed on.
/// Cost: allocates nothing for a value that is valid, unless the schema has patterns, `uniqueItems` over
/// more than a few elements, `unevaluated…`, or the value's names have escapes.
/// Limits: schemas applied inside each other to ``SchemaRun/deepestApplication``; a value that needs more is
/// invalid. A string that a pattern cannot be compared with in bounded time is invalid.
package final class CompiledSchema: Sendable {
    let tables: SchemaTables
    let root: Int

    init(tables: SchemaTables, root: Int) {
        self.tables = tables
        self.root = root
    }

    /// Whether the value is valid.
    package func accepts(_ value: JSONNode) -> Bool {
        value.document.withTape { tape in
            var run = SchemaRun(schema: self, tape: tape, limit: 0)
            return run.decide(value.index)
        }
    }

    /// The first thing wrong with the value; nil when it is valid.
    package func firstViolation(in value: JSONNode) -> SchemaViolation? {
        self.violations(in: value, limit: 1).first
    }

    /// What is wrong with the value, in the order of checking; empty when it is valid.
    ///
    /// - Parameter limit: the most to report, at least 1.
    package func violations(in value: JSONNode, limit: Int = 8) -> [SchemaViolation] {
        guard !self.accepts(value) else { return [] }
        let found = value.document.withTape { tape in
            var run = SchemaRun(schema: self, tape: tape, limit: max(limit, 1))
            _ = run.decide(value.index)
            return run.findings
        }
        return found.map { finding in
            SchemaViolation(
                instance: JSONNode(document: value.document, index: finding.value).pointer(from: value),
                keyword: finding.keyword, message: finding.message)
        }
    }
}
