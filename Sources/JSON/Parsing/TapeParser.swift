// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads a text once, left to right, and records its values.
///
/// Never recurses: an open container's entry remembers the container around it, so depth costs nothing
/// and the limit is only a number. Owned by one call of ``JSONDocument/init(parsing:maximumDepth:)``.
struct TapeParser {
    private let text: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var position = 0
    private var depth = 0
    /// Index of the innermost open container, or `noContainer`.
    private var container = Self.noContainer
    private(set) var tape: [TapeEntry] = []

    private static let noContainer = Int(UInt32.max)

    init(text: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.text = text
        self.maximumDepth = maximumDepth
    }

    mutating func parse() throws(JSONParseError) {
        guard self.text.count <= TapeEntry.maximumTextLength else {
            throw JSONParseError(reason: "the text is longer than 256 MiB", offset: TapeEntry.maximumTextLength)
        }
        // Measured on orders and chat messages: one entry for 10 to 16 bytes. One too small costs a
        // second allocation, one too large costs memory while the document lives.
        self.tape.reserveCapacity(self.text.count / 8 + 4)
        repeat {
            while try self.beginValue() {}
        } while try !self.endValue()
    }

    // MARK: Values

    /// Reads up to and including a scalar or an empty container.
    ///
    /// - Returns: `true` after opening a container that has content; its first value comes next.
    private mutating func beginValue() throws(JSONParseError) -> Bool {
        switch self.skipWhitespace() {
        case UInt8(ascii: "\""):
            try self.readString()
        case UInt8(ascii: "{"):
            try self.open(.object)
            guard self.skipWhitespace() != UInt8(ascii: "}") else { break }
            try self.readName(or: "a member's name or '}'")
            return true
        case UInt8(ascii: "["):
            try self.open(.array)
            guard self.skipWhitespace() != UInt8(ascii: "]") else { break }
            self.tape[self.container].countChild()
            return true
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try self.readNumber()
        case UInt8(ascii: "t"):
            try self.readWord("true", .bool)
        case UInt8(ascii: "f"):
            try self.readWord("false", .bool)
        case UInt8(ascii: "n"):
            try self.readWord("null", .null)
        default:
            throw self.expected("a value")
        }
        return false
    }

    /// Goes on after a value: closes what ends here, or steps to the next sibling.
    ///
    /// - Returns: `true` when the text's value is complete and nothing follows.
    private mutating func endValue() throws(JSONParseError) -> Bool {
        while self.container != Self.noContainer {
            let isObject = self.tape[self.container].kind == .object
            switch (self.skipWhitespace(), isObject) {
            case (UInt8(ascii: ","), true):
                self.position += 1
                self.skipWhitespace()
                try self.readName(or: "a member's name")
                return false
            case (UInt8(ascii: ","), false):
                self.position += 1
                self.tape[self.container].countChild()
                return false
            case (UInt8(ascii: "}"), true), (UInt8(ascii: "]"), false):
                self.close()
            default:
                throw self.expected(isObject ? "',' or '}'" : "',' or ']'")
            }
        }
        self.skipWhitespace()
        guard self.position == self.text.count else {
            throw JSONParseError(reason: "expected nothing after the value", offset: self.position)
        }
        return true
    }

    private mutating func open(_ kind: JSONKind) throws(JSONParseError) {
        guard self.depth < self.maximumDepth else {
            throw JSONParseError(reason: "nested deeper than \(self.maximumDepth) levels", offset: self.position)
        }
        self.depth += 1
        let index = self.tape.count
        self.tape.append(TapeEntry(kind: kind, start: self.position, end: 0, next: self.container))
        self.container = index
        self.position += 1
    }

    private mutating func close() {
        self.position += 1
        self.depth -= 1
        let outer = Int(self.tape[self.container].next)
        self.tape[self.container].end = UInt32(truncatingIfNeeded: self.position)
        self.tape[self.container].next = UInt32(truncatingIfNeeded: self.tape.count)
        self.container = outer
    }

    // MARK: Scalars

    /// A member's name and its colon.
    private mutating func readName(or expectation: StaticString) throws(JSONParseError) {
        guard self.current == UInt8(ascii: "\"") else { throw self.expected("\(expectation)") }
        self.tape[self.container].countChild()
        try self.readString()
        guard self.skipWhitespace() == UInt8(ascii: ":") else { throw self.expected("':'") }
        self.position += 1
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSONKind) throws(JSONParseError) {
        let start = self.position
        for offset in 0..<word.utf8CodeUnitCount {
            guard self.current == word.utf8Start[offset] else { throw self.expected("'\(word)'") }
            self.position += 1
        }
        self.append(kind, from: start)
    }

    private mutating func readNumber() throws(JSONParseError) {
        let start = self.position
        var isPlain = true
        if self.current == UInt8(ascii: "-") { self.position += 1 }
        if self.current == UInt8(ascii: "0") {
            self.position += 1
            guard !self.isAtDigit else {
                throw JSONParseError(reason: "a number cannot start with 0 and go on", offset: self.position)
            }
        } else {
            try self.readDigits()
        }
        if self.current == UInt8(ascii: ".") {
            isPlain = false
            self.position += 1
            try self.readDigits()
        }
        if self.current | 0x20 == UInt8(ascii: "e") {
            isPlain = false
            self.position += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.position += 1 }
            try self.readDigits()
        }
        self.append(.number, from: start, isPlain: isPlain)
    }

    private mutating func readDigits() throws(JSONParseError) {
        guard self.isAtDigit else { throw self.expected("a digit") }
        repeat { self.position += 1 } while self.isAtDigit
    }

    private mutating func readString() throws(JSONParseError) {
        let start = self.position
        var scanner = StringScanner(text: self.text, position: start + 1)
        let isPlain = try scanner.scan()
        self.position = scanner.position
        self.append(.string, from: start, isPlain: isPlain)
    }

    private mutating func append(_ kind: JSONKind, from start: Int, isPlain: Bool = true) {
        self.tape.append(
            TapeEntry(kind: kind, start: start, end: self.position, next: self.tape.count + 1, isPlain: isPlain))
    }

    // MARK: Bytes

    /// The byte at the position; 0, which no token starts with, after the end.
    private var current: UInt8 { self.position < self.text.count ? self.text[self.position] : 0 }

    private var isAtDigit: Bool { self.current &- UInt8(ascii: "0") < 10 }

    /// Skips whitespace and returns the byte after it, or 0 at the end.
    @discardableResult
    private mutating func skipWhitespace() -> UInt8 {
        while true {
            let byte = self.current
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            self.position += 1
        }
    }

    private func expected(_ what: String) -> JSONParseError {
        let end = self.position == self.text.count ? ", the text ends" : ""
        return JSONParseError(reason: "expected \(what)\(end)", offset: self.position)
    }
}
