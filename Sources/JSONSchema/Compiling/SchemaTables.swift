// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A compiled schema's contents. Rules refer to each other by position.
struct SchemaTables: Sendable {
    var nodes: [SchemaNode] = []
    var constantRules: [ConstantRules] = []
    var numberRules: [NumberRules] = []
    var stringRules: [StringRules] = []
    var arrayRules: [ArrayRules] = []
    var objectRules: [ObjectRules] = []
    var combinationRules: [CombinationRules] = []
    var patternRules: [PatternRule] = []
    var dependencies: [DependencyRule] = []
    /// Nodes by position, for lists of schemas.
    var children: [Int] = []
    var names: [PropertyName] = []
    var constants: [JSONNode] = []
    var patterns: [(pattern: Pattern, text: String)] = []
    var dynamicReferences: [DynamicReference] = []
    /// Names and numbers, end to end.
    var text: [UInt8] = []

    /// A `$dynamicRef` to a `$dynamicAnchor` (Core §8.2.3.2).
    struct DynamicReference: Sendable {
        var anchor: String
        /// The node it leads to when no resource on the way has the anchor.
        var fallback: Int
        /// The node of that anchor in each resource that has it.
        var targets: [Int: Int] = [:]
    }

    /// The text of a name.
    func string(_ range: TableRange) -> String {
        String(decoding: self.text[range.indices], as: UTF8.self)
    }

    mutating func appendText(_ bytes: some Collection<UInt8>) -> TableRange {
        let range = TableRange(start: self.text.count, count: bytes.count)
        self.text += bytes
        return range
    }

    mutating func appendName(_ node: JSONNode) -> Int {
        let bytes = node.document.withTape { $0.decodedContent(at: node.index) }
        let prefix = bytes.withUnsafeBufferPointer { PropertyName.prefix(of: $0) }
        self.names.append(PropertyName(text: self.appendText(bytes), prefix: prefix))
        return self.names.count - 1
    }
}

extension PropertyName {
    /// The names that ``prefix(of:)`` tells apart completely are those up to this length.
    static let prefixLength = 7

    /// The first seven bytes and the length up to 255, as one number.
    static func prefix(of text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var prefix = UInt64(min(text.count, 255))
        for position in 0..<min(text.count, Self.prefixLength) {
            prefix = prefix << 8 | UInt64(text[position])
        }
        return prefix
    }
}
