// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Checks a text that arrives in pieces for being UTF-8 (RFC 3629), and finds a fault at its first byte.
///
/// State is three bytes, so a connection between two messages carries nothing. Surrogates, overlong forms and
/// values over U+10FFFF are refused by the bounds of the byte after the first.
package struct UTF8Validator: Sendable {
    /// Continuation bytes that the character begun still owes.
    private var owed: UInt8 = 0
    /// Bounds of the next continuation byte.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether the text so far ends with a whole character.
    package var isComplete: Bool { self.owed == 0 }

    /// Takes the next bytes. False: no continuation can make the text valid.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        while index < count {
            if self.owed == 0 {
                index = Self.endOfASCII(base, from: index, count: count)
                guard index < count else { return true }
                guard self.begin(base.load(fromByteOffset: index, as: UInt8.self)) else { return false }
            } else {
                let byte = base.load(fromByteOffset: index, as: UInt8.self)
                guard byte >= self.lower, byte <= self.upper else { return false }
                self.owed &-= 1
                self.lower = 0x80
                self.upper = 0xBF
            }
            index &+= 1
        }
        return true
    }

    /// Whether `bytes` as a whole are UTF-8.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return validator.accept(bytes) && validator.isComplete
    }

    /// The index of the first byte at or after `start` that is not ASCII. Steps of 32 and 8 bytes, because most
    /// messages are ASCII throughout.
    private static func endOfASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 32 <= count {
            let first = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let second = base.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
            let third = base.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
            let fourth = base.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
            guard (first | second | third | fourth) & highBits == 0 else { break }
            index &+= 32
        }
        while index &+ 8 <= count,
            base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & highBits == 0
        {
            index &+= 8
        }
        while index < count, base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
        return index
    }

    /// Takes the first byte of a character of two to four bytes (RFC 3629 §4).
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: self.owed = 1
        case 0xE0: (self.owed, self.lower) = (2, 0xA0)
        case 0xED: (self.owed, self.upper) = (2, 0x9F)
        case 0xE1...0xEF: self.owed = 2
        case 0xF0: (self.owed, self.lower) = (3, 0x90)
        case 0xF1...0xF3: self.owed = 3
        case 0xF4: (self.owed, self.upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
