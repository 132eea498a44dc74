// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import JSONSchema

/// What an app says of one of its events: for people, and what its payload must be.
package struct AppEvent: Sendable, Equatable {
    package var description: String?
    /// JSON Schema 2020-12 as it was given; `nil`: any payload.
    package var schema: JSONDocument?
    package var compiledSchema: CompiledSchema?
    /// A payload that fits the schema.
    package var example: JSONDocument?

    package init(
        description: String? = nil, schema: JSONDocument? = nil, compiledSchema: CompiledSchema? = nil,
        example: JSONDocument? = nil
    ) {
        self.description = description
        self.schema = schema
        self.compiledSchema = compiledSchema
        self.example = example
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.description == b.description && a.schema?.bytes == b.schema?.bytes && a.example?.bytes == b.example?.bytes
    }
}
