// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A piece of HTML. What is written in the program stands as it is; what is interpolated is escaped, unless it is HTML itself.
///
///     let cell: HTMLText = "<td title=\"\(anything)\">\(anything)</td>"
///
/// Escaped text may stand in elements and in quoted attributes, and nowhere else.
struct HTMLText: Sendable, ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            self.html.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { self.html += literal }
        mutating func appendInterpolation(_ text: String) { self.html += HTMLText.escaped(text) }
        mutating func appendInterpolation(_ number: Int) { self.html += "\(number)" }
        mutating func appendInterpolation(_ html: HTMLText) { self.html += html.html }
        mutating func appendInterpolation(_ several: [HTMLText]) { for one in several { self.html += one.html } }
    }

    private(set) var html: String

    init(stringLiteral value: String) { self.html = value }
    init(stringInterpolation: StringInterpolation) { self.html = stringInterpolation.html }
    /// Text that is HTML already, and ours.
    init(trusted html: String) { self.html = html }

    static let empty: HTMLText = ""
    var isEmpty: Bool { self.html.isEmpty }

    static func += (left: inout HTMLText, right: HTMLText) { left.html += right.html }

    static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case UInt8(ascii: "\""): result += "&quot;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            // Control characters are none of HTML's (WHATWG HTML §13.2.3.5), but for the white space.
            case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: result += "\u{FFFD}".utf8
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Array where Element == HTMLText {
    func joined(_ separator: HTMLText = "") -> HTMLText {
        HTMLText(trusted: self.map(\.html).joined(separator: separator.html))
    }
}
