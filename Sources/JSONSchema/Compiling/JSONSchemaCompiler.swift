// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Turns JSON Schema 2020-12 into checks.
///
/// Errors: all at once, as ``SchemaFaults``: unknown keywords, wrong values of known ones, references that lead
/// nowhere or back to themselves, patterns that cannot be used.
/// Deliberately does not fetch anything: a reference to another document needs that document supplied.
package struct JSONSchemaCompiler: Sendable {
    /// Whether `format` is checked, for the formats that can be; it is an annotation otherwise.
    package var assertsFormats: Bool
    /// Whether keywords and formats that the specification does not have are ignored. For the
    /// specification's own test cases; in a contract an unknown keyword is a mistake.
    package var allowsUnknownKeywords: Bool
    private var supplied: [String: JSONNode] = [:]

    package init(assertsFormats: Bool = true, allowsUnknownKeywords: Bool = false) {
        self.assertsFormats = assertsFormats
        self.allowsUnknownKeywords = allowsUnknownKeywords
    }

    /// Makes a document known under a URI, for references from others. A later one replaces an earlier one.
    package mutating func supply(_ document: JSONDocument, at uri: String) {
        self.supplied[URIReference(uri).absolute] = document.root
    }

    /// Compiles the schema at `schema`, and all it refers to.
    ///
    /// - Parameters:
    ///   - schema: any value of a document. Where no `$id` says otherwise, `#/…` counts from the document's root, so
    ///     a schema inside a larger document can refer to its neighbours.
    ///   - baseURI: what relative references are relative to, before any `$id`.
    package func compile(_ schema: JSONNode, baseURI: String = "") throws(SchemaFaults) -> CompiledSchema {
        let registry = SchemaRegistry(
            compiled: schema.document, baseURI: baseURI, supplied: self.supplied,
            assertsFormats: self.assertsFormats, allowsUnknownKeywords: self.allowsUnknownKeywords)
        var builder = SchemaBuilder(registry: registry)
        return try builder.build(schema)
    }
}
