// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One compiled schema: numbers that lead into ``SchemaTables``, -1 where it says nothing.
///
/// This and the rules below are plain numbers, so that validation copies them without counting references.
struct SchemaNode: Sendable {
    /// The resource it belongs to, for the dynamic scope.
    var resource: Int
    var types: SchemaTypes = .any
    /// The schema `false`.
    var isNever = false
    /// `$ref`, and `$dynamicRef` that is not dynamic.
    var reference = -1
    var plainDynamicReference = -1
    var dynamicReference = -1
    var constant = -1
    var enumeration = -1
    var number = -1
    var string = -1
    var array = -1
    var object = -1
    var combination = -1
    /// Whether it needs to know which children other schemas have looked at.
    var hasUnevaluated = false
}

/// A stretch of one of the tables.
struct TableRange: Sendable {
    var start = 0
    var count = 0

    var indices: Range<Int> { self.start..<self.start + self.count }
}

/// `enum` or `const`.
struct ConstantRules: Sendable {
    /// In `constants`: all values.
    var values = TableRange()
    /// In `names`: those that are strings, for comparing without a document.
    var strings = TableRange()
    /// Whether some are not strings.
    var hasOthers = false
}

/// A number of a schema.
struct NumberBound: Sendable {
    /// In `text`: as it is written; empty for no bound.
    var text = TableRange()
    /// Its value, if it is whole and has at most 18 digits.
    var small: Int?

    var isSet: Bool { self.text.count > 0 }
}

struct NumberRules: Sendable {
    var multipleOf = NumberBound()
    var maximum = NumberBound()
    var exclusiveMaximum = NumberBound()
    var minimum = NumberBound()
    var exclusiveMinimum = NumberBound()
}

struct StringRules: Sendable {
    var minimumLength = 0
    var maximumLength = Int.max
    /// In `patterns`.
    var pattern = -1
    var format: StringFormat?
}

struct ArrayRules: Sendable {
    /// In `children`.
    var prefix = TableRange()
    var items = -1
    var contains = -1
    var minimumContained = 1
    var maximumContained = Int.max
    var minimumCount = 0
    var maximumCount = Int.max
    var isUnique = false
    var unevaluated = -1
}

struct ObjectRules: Sendable {
    /// In `names`: what `properties` and `required` name.
    var names = TableRange()
    /// The bits of the required ones among the first 64 that are.
    var requiredBits: UInt64 = 0
    /// In `names`: further required ones.
    var furtherRequired = TableRange()
    /// In `patternRules`.
    var patterns = TableRange()
    var additional = -1
    var propertyNames = -1
    var minimumCount = 0
    var maximumCount = Int.max
    /// In `dependencies`.
    var dependencies = TableRange()
    var unevaluated = -1
}

/// A member's name, with what is known about the member.
struct PropertyName: Sendable {
    /// In `text`.
    var text: TableRange
    /// The schema from `properties`, or -1.
    var schema = -1
    /// The bit in `requiredBits`, or 0.
    var requiredBit: UInt64 = 0
    /// The bytes that come first, so that most different names are told apart without reading them.
    var prefix: UInt64
}

/// One of `patternProperties`.
struct PatternRule: Sendable {
    var pattern: Int
    var schema: Int
}

/// One of `dependentRequired` or `dependentSchemas`.
struct DependencyRule: Sendable {
    /// In `names`: the member it depends on.
    var trigger: Int
    /// In `names`.
    var required = TableRange()
    var schema = -1
}

struct CombinationRules: Sendable {
    /// In `children`.
    var all = TableRange()
    var any = TableRange()
    var one = TableRange()
    var negated = -1
    var condition = -1
    var then = -1
    var otherwise = -1
}
