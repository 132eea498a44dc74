// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Builds a JSON text by appending, by the rules of JavaScript's `JSON.stringify`.
///
/// Order: the caller's calls are the text; the writer only adds commas. Inside an object each value
/// follows its `key`, and each `begin` has its `end`; the writer does not check that.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value or key follows a sibling.
    private var needsComma = false

    /// - Parameter capacity: bytes to reserve; the text may become longer.
    package init(capacity: Int = 256) {
        self.bytes.reserveCapacity(capacity)
    }

    // MARK: Containers

    package mutating func beginObject() {
        self.separate()
        self.bytes.append(UInt8(ascii: "{"))
        self.needsComma = false
    }

    package mutating func endObject() {
        self.bytes.append(UInt8(ascii: "}"))
        self.needsComma = true
    }

    package mutating func beginArray() {
        self.separate()
        self.bytes.append(UInt8(ascii: "["))
        self.needsComma = false
    }

    package mutating func endArray() {
        self.bytes.append(UInt8(ascii: "]"))
        self.needsComma = true
    }

    /// The name of the next value in an object.
    package mutating func key(_ name: String) {
        self.separate()
        Self.appendString(name, to: &self.bytes)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    // MARK: Values

    package mutating func string(_ value: String) {
        self.separate()
        Self.appendString(value, to: &self.bytes)
        self.needsComma = true
    }

    package mutating func int(_ value: Int) {
        self.separate()
        Self.appendInteger(value, to: &self.bytes)
        self.needsComma = true
    }

    /// The shortest digits that read back as the same number, `100` rather than `100.0`; `null` when the
    /// number is not finite.
    package mutating func double(_ value: Double) {
        self.separate()
        Self.appendDouble(value, to: &self.bytes)
        self.needsComma = true
    }

    package mutating func bool(_ value: Bool) {
        self.separate()
        self.bytes += value ? "true".utf8 : "false".utf8
        self.needsComma = true
    }

    package mutating func null() {
        self.separate()
        self.bytes += "null".utf8
        self.needsComma = true
    }

    /// A value that is JSON already, taken as it is.
    package mutating func raw(_ value: ArraySlice<UInt8>) {
        self.separate()
        self.bytes += value
        self.needsComma = true
    }

    /// A value that is JSON already, taken as it is.
    package mutating func raw(_ value: [UInt8]) {
        self.raw(value[...])
    }

    /// A value that is JSON already, taken as it is.
    package mutating func raw(_ value: UnsafeRawBufferPointer) {
        self.separate()
        self.bytes.append(contentsOf: value)
        self.needsComma = true
    }

    /// A value of a document, taken as it stands there.
    package mutating func raw(_ node: JSONNode) {
        node.withRaw { self.raw($0) }
    }

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
    }
}
