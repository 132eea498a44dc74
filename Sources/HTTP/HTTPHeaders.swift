// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Header fields of a request or a response, in order; names compare without regard to letter case.
///
/// A list, not a dictionary: messages have a dozen fields, and a field may come more than once (RFC 9110 §5.3).
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    package typealias Field = (name: String, value: String)

    private var fields: [Field] = []

    package init() {}

    package init(_ fields: [Field]) { self.fields = fields }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.fields = elements.map { (name: $0.0, value: $0.1) }
    }

    package var count: Int { self.fields.count }

    package mutating func append(_ name: String, _ value: String) { self.fields.append((name: name, value: value)) }

    /// Every value of `name`, each as it stood on its line.
    package func values(_ name: String) -> [String] {
        var values: [String] = []
        for field in self.fields where Self.isSame(field.name, name) { values.append(field.value) }
        return values
    }

    /// Whether there is such a field.
    package func contains(_ name: String) -> Bool { self.fields.contains { Self.isSame($0.name, name) } }

    /// The first value of `name`. Setting replaces every field of that name; nil removes them.
    package subscript(_ name: String) -> String? {
        get { self.fields.first { Self.isSame($0.name, name) }?.value }
        set {
            self.fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { self.append(name, newValue) }
        }
    }

    private static func isSame(_ first: String, _ second: String) -> Bool {
        guard first.utf8.count == second.utf8.count else { return false }
        return zip(first.utf8, second.utf8).allSatisfy { Self.lowerCased($0) == Self.lowerCased($1) }
    }

    private static func lowerCased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension HTTPHeaders: Sequence {
    package func makeIterator() -> IndexingIterator<[Field]> { self.fields.makeIterator() }
}
