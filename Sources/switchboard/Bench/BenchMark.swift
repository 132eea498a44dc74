// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The text by which a benchmark's publications are found again: when each was due, and which it is.
///
/// Shape: `~B`, 16 hexadecimal digits of nanoseconds, 8 of a number, `~`. Latency counts from the time a publication was
/// due, not from when it was sent, so that a server that holds the publisher up does not hide it (coordinated omission).
enum BenchMark {
    static let byteCount = 27

    static func text(dueAt nanoseconds: UInt64, number: UInt32) -> String {
        func digits(_ value: UInt64, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        return "~B\(digits(nanoseconds, 16))\(digits(UInt64(number), 8))~"
    }

    /// The mark within a message.
    static func find(in bytes: UnsafeRawBufferPointer) -> (dueAt: UInt64, number: UInt32)? {
        guard bytes.count >= Self.byteCount else { return nil }
        var index = 0
        while index <= bytes.count - Self.byteCount {
            if bytes[index] == UInt8(ascii: "~"), bytes[index + 1] == UInt8(ascii: "B"),
                bytes[index + Self.byteCount - 1] == UInt8(ascii: "~"),
                let time = Self.number(bytes[(index + 2)..<(index + 18)]),
                let number = Self.number(bytes[(index + 18)..<(index + 26)])
            {
                return (time, UInt32(truncatingIfNeeded: number))
            }
            index += 1
        }
        return nil
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
