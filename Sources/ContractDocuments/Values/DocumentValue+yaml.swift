// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension DocumentValue {
    /// YAML 1.2 in block style, which every reader takes: texts that another reading could mistake are quoted as in JSON.
    var yaml: String {
        var text = ""
        self.appendBlock(to: &text, indent: 0)
        return text
    }

    private func appendBlock(to text: inout String, indent: Int) {
        let space = String(repeating: " ", count: indent)
        switch self {
        case .object(let object) where !object.isEmpty:
            for member in object.members {
                text += space + Self.scalar(member.key) + ":"
                member.value.appendValue(to: &text, indent: indent)
            }
        case .array(let elements) where !elements.isEmpty:
            for element in elements {
                text += space + "-"
                element.appendElement(to: &text, indent: indent)
            }
        default: text += space + self.flow + "\n"
        }
    }

    /// Behind a key.
    private func appendValue(to text: inout String, indent: Int) {
        switch self {
        case .object(let object) where !object.isEmpty:
            text += "\n"
            self.appendBlock(to: &text, indent: indent + 2)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            self.appendBlock(to: &text, indent: indent + 2)
        case .string(let string) where Self.isProse(string):
            text += " |-\n"
            for line in string.split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : String(repeating: " ", count: indent + 2) + line + "\n"
            }
        default: text += " " + self.flow + "\n"
        }
    }

    /// Behind the dash of a list: the first member stands on the dash's line.
    private func appendElement(to text: inout String, indent: Int) {
        var block = ""
        switch self {
        case .object(let object) where !object.isEmpty: self.appendBlock(to: &block, indent: indent + 2)
        case .array(let elements) where !elements.isEmpty: self.appendBlock(to: &block, indent: indent + 2)
        default: block = String(repeating: " ", count: indent + 2) + self.flow + "\n"
        }
        text += " " + block.dropFirst(indent + 2)
    }

    private var flow: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): Self.number(number)
        case .string(let string): Self.scalar(string)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// JSON's `1e9` is a text to readers of YAML 1.1: they want a point and a sign (`1.0e+9`).
    private static func number(_ text: String) -> String {
        guard let place = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return text }
        let mantissa = text[..<place]
        let exponent = text[text.index(after: place)...]
        let sign = exponent.hasPrefix("-") || exponent.hasPrefix("+") ? "" : "+"
        return "\(mantissa)\(mantissa.contains(".") ? "" : ".0")e\(sign)\(exponent)"
    }

    /// Several lines that a literal block keeps as they are: none begins or ends with a space.
    private static func isProse(_ text: String) -> Bool {
        guard text.contains("\n"), !text.hasPrefix("\n"), !text.hasSuffix("\n") else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.allSatisfy { !$0.hasPrefix(" ") && !$0.hasSuffix(" ") }
            && text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value < 0x7F) }
    }

    private static func scalar(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, Self.isLetter(first) || first == UInt8(ascii: "/"),
            last != 0x20, last != UInt8(ascii: ":"), !Self.words.contains(text.lowercased())
        else { return Self.quoted(text) }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case _ where Self.isLetter(byte): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"),
                UInt8(ascii: "'"), 0x20:
                continue
            case UInt8(ascii: ":") where index + 1 < bytes.count && bytes[index + 1] != 0x20: continue
            default: return Self.quoted(text)
            }
        }
        return text
    }

    /// What a reader of YAML 1.1 takes for something else than a text.
    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || byte == UInt8(ascii: "$")
    }
}
