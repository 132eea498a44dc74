// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The type of a scalar written without quotes, by the core schema of YAML 1.2.2 §10.3.2.
///
/// Words such as `yes` and `off`, dates, and numbers with underscores are texts there, unlike in YAML 1.1.
enum PlainScalar {
    static func value(of text: String) -> DocumentNode.Value {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: self.number(text).map { .number($0) } ?? .text(text)
        }
    }

    /// The number as JSON writes it (RFC 8259 §6), or `nil` when the text is none.
    ///
    /// Hexadecimal and octal numbers past 64 bits, `.inf` and `.nan` are no numbers here.
    static func number(_ text: String) -> String? {
        if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16).map { String($0) } }
        if text.hasPrefix("0o") { return UInt64(text.dropFirst(2), radix: 8).map { String($0) } }
        var rest = text.utf8[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let whole = Self.takeDigits(&rest)
        var fraction: Substring?
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = Self.takeDigits(&rest)
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        var exponent = ""
        if let letter = rest.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            exponent = "e"
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                exponent += sign == UInt8(ascii: "-") ? "-" : ""
                rest = rest.dropFirst()
            }
            let digits = Self.takeDigits(&rest)
            guard !digits.isEmpty else { return nil }
            exponent += digits
        }
        guard rest.isEmpty else { return nil }
        let significant = whole.drop { $0 == "0" }
        let mantissa =
            (significant.isEmpty ? "0" : String(significant)) + (fraction.map { ".\($0.isEmpty ? "0" : $0)" } ?? "")
        return (isNegative ? "-" : "") + mantissa + exponent
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return Substring(digits)
    }
}
