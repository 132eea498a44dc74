// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A compiled regular expression of a schema (JSON Schema Core §6.4): ECMA-262 in Unicode mode, not anchored.
///
/// Not the standard library's `Regex`: that one cannot be shared between threads, has other classes
/// (`\d` is not ASCII there), and backtracks, so that a text from outside could keep a thread busy for hours.
struct Pattern: Sendable {
    private let program: PatternProgram

    init(_ pattern: String) throws(PatternFault) {
        var parser = PatternParser(pattern)
        self.program = try PatternProgram(try parser.parse())
    }

    /// Whether the pattern matches anywhere in a text of UTF-8.
    func search(_ text: UnsafeBufferPointer<UInt8>) -> PatternMatcher.Outcome {
        var matcher = PatternMatcher(program: self.program, text: Self.codePoints(of: text))
        return matcher.search()
    }

    /// Decodes what the JSON parser has accepted, including the surrogates that JavaScript lets through.
    private static func codePoints(of text: UnsafeBufferPointer<UInt8>) -> [UInt32] {
        var codePoints: [UInt32] = []
        codePoints.reserveCapacity(text.count)
        for byte in text {
            switch byte {
            case 0x80..<0xC0:
                guard let last = codePoints.popLast() else { continue }
                codePoints.append(last << 6 | UInt32(byte & 0x3F))
            case 0xC0..<0xE0: codePoints.append(UInt32(byte & 0x1F))
            case 0xE0..<0xF0: codePoints.append(UInt32(byte & 0x0F))
            case 0xF0...: codePoints.append(UInt32(byte & 0x07))
            default: codePoints.append(UInt32(byte))
            }
        }
        return codePoints
    }
}
