// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A set of the types JSON Schema knows (Validation §6.1.1).
///
/// Every integer is a number too: a value that may be any number has both members, one that must be whole
/// has `integer` alone.
package struct SchemaTypes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let null = SchemaTypes(rawValue: 1)
    package static let boolean = SchemaTypes(rawValue: 2)
    package static let object = SchemaTypes(rawValue: 4)
    package static let array = SchemaTypes(rawValue: 8)
    package static let string = SchemaTypes(rawValue: 16)
    package static let integer = SchemaTypes(rawValue: 32)
    /// Numbers with a fraction. `type: number` is this and `integer`.
    package static let fraction = SchemaTypes(rawValue: 64)
    package static let number: SchemaTypes = [.integer, .fraction]
    package static let any = SchemaTypes(rawValue: 127)

    /// By the name in a schema, or nil.
    package init?(named name: String) {
        guard let named = Self.names.first(where: { $0.name == name }) else { return nil }
        self = named.type
    }

    /// The type or types a value of this JSON kind can have.
    package init(of kind: JSONKind) {
        self =
            switch kind {
            case .null: .null
            case .bool: .boolean
            case .number: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }

    static let names: [(name: String, type: SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("object", .object), ("array", .array), ("string", .string),
        ("number", .number), ("integer", .integer),
    ]

    /// As in `a string or null`.
    package var phrase: String {
        guard self != .any else { return "anything" }
        let nouns: [(SchemaTypes, String)] = [
            (.object, "an object"), (.array, "an array"), (.string, "a string"), (.boolean, "a boolean"),
        ]
        var phrases = nouns.filter { self.contains($0.0) }.map(\.1)
        if self.contains(.fraction) {
            phrases.append("a number")
        } else if self.contains(.integer) {
            phrases.append("an integer")
        }
        if self.contains(.null) { phrases.append("null") }
        guard let last = phrases.popLast() else { return "nothing" }
        return phrases.isEmpty ? last : phrases.joined(separator: ", ") + " or " + last
    }
}
