// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Pieces of Swift, laid out as `swift format` leaves them at 120 columns.
enum SwiftText {
    static let width = 120

    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A comment above a declaration.
    static func comment(_ notes: [String], indent: Int) -> [String] {
        let start = String(repeating: " ", count: indent) + "///"
        var lines: [String] = []
        let text = notes.map(Self.sentence).joined(separator: " ")
        for paragraph in text.split(whereSeparator: \.isNewline) {
            var line = start
            for word in paragraph.split(separator: " ") {
                if line.count + word.count + 1 > Self.width, line.count > start.count {
                    lines.append(line)
                    line = start
                }
                line += " \(word)"
            }
            lines.append(line)
        }
        return lines
    }

    private static func sentence(_ text: String) -> String {
        guard let last = text.last, last.isLetter || last.isNumber else { return text }
        return text + "."
    }

    /// A name that may be a word of the language.
    static func name(_ name: String) -> String { Self.keywords.contains(name) ? "`\(name)`" : name }

    static let keywords: Set<String> = [
        "Any", "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit",
        "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if",
        "import", "in", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private",
        "protocol", "public", "repeat", "rethrows", "return", "static", "struct", "subscript", "super", "switch",
        "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]

    /// Names of members that Swift would take for its own.
    static let reservedMembers: Set<String> = ["self", "Self", "init", "Type", "Protocol", "eventName", "commandName"]
}
