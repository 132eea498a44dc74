// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Pieces of TypeScript, laid out as `deno fmt` leaves them at 120 columns with single quotes.
enum TypeScriptText {
    static let width = 120

    static func string(_ text: String) -> String {
        let singles = text.count { $0 == "'" }
        let quote: Character = singles > text.count(where: { $0 == "\"" }) ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{7F}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                if Character(scalar) == quote { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }

    /// A member's name, in quotes where it needs them.
    static func key(_ name: String) -> String { Identifier.isPlain(name) ? name : Self.string(name) }

    /// A piece of a template literal that is text.
    static func template(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("`", with: "\\`").replacing("${", with: "\\${")
    }

    /// A comment above a declaration; nothing for no sentences.
    static func comment(_ notes: [String], indent: String = "") -> [String] {
        let notes = notes.map(Self.sentence).joined(separator: " ")
        let text = Self.withoutEnd(notes)
        guard !text.isEmpty else { return [] }
        let line = "\(indent)/** \(text) */"
        guard line.count > Self.width || text.contains("\n") else { return [line] }
        var lines = ["\(indent)/**"]
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
            var current = "\(indent) *"
            for word in paragraph.split(separator: " ") {
                if current.count + word.count + 1 > Self.width, current.count > indent.count + 2 {
                    lines.append(current)
                    current = "\(indent) *"
                }
                current += " \(word)"
            }
            lines.append(current)
        }
        return lines + ["\(indent) */"]
    }

    /// What may stand in a comment without ending it.
    static func withoutEnd(_ text: String) -> String { text.replacing("*/", with: "* /") }

    private static func sentence(_ text: String) -> String {
        let text = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
        guard let last = text.last, last.isLetter || last.isNumber else { return text }
        return text + "."
    }

    /// A JSON value as an expression. In one line where it fits behind what stands before it.
    ///
    /// - Parameter used: the columns before it and behind it in its first line.
    static func value(_ node: JSONNode, indent: String, used: Int) -> String {
        let line = Self.line(node)
        if indent.count + used + line.count <= Self.width { return line }
        let inner = indent + "  "
        switch node.kind {
        case .object where node.count > 0:
            let members = node.members.map { member in
                let key = Self.valueKey(member.name)
                return "\(inner)\(key): \(Self.value(member.value, indent: inner, used: key.count + 3)),\n"
            }
            return "{\n\(members.joined())\(indent)}"
        case .array where node.count > 0:
            let elements = node.elements.map { "\(inner)\(Self.value($0, indent: inner, used: 1)),\n" }
            return "[\n\(elements.joined())\(indent)]"
        default: return line
        }
    }

    private static func line(_ node: JSONNode) -> String {
        switch node.kind {
        case .object:
            let members = node.members.map { "\(Self.valueKey($0.name)): \(Self.line($0.value))" }
            return members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
        case .array: return "[\(node.elements.map(Self.line).joined(separator: ", "))]"
        case .string: return Self.string(node.string ?? "")
        default: return String(decoding: node.rawBytes, as: UTF8.self)
        }
    }

    /// `__proto__` in a literal would set the prototype.
    private static func valueKey(_ name: String) -> String { name == "__proto__" ? "['__proto__']" : Self.key(name) }
}
