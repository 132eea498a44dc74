// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Marks keys, texts, numbers and comments of code, so that the eye finds them.
enum CodeColors {
    static func html(_ code: Guide.Code) -> HTMLText {
        code.language == "json" ? Self.json(code.text) : "\(code.text)"
    }

    /// JSON as ``DocumentValue/json(width:)`` writes it; what is none stays as it is.
    private static func json(_ text: String) -> HTMLText {
        var html: HTMLText = ""
        var rest = text[...]
        while let first = rest.first {
            if first == "\"" {
                let end = Self.end(ofString: rest)
                let string = String(rest[..<end])
                rest = rest[end...]
                html += rest.first == ":" ? "<span class=\"k\">\(string)</span>" : "<span class=\"s\">\(string)</span>"
            } else if first.isNumber || first == "-" || first.isLetter {
                let word = rest.prefix { $0.isNumber || $0.isLetter || "-+.".contains($0) }
                rest = rest.dropFirst(word.count)
                html += "<span class=\"n\">\(String(word))</span>"
            } else {
                let plain = rest.prefix { $0 != "\"" && $0 != "-" && !$0.isNumber && !$0.isLetter }
                rest = rest.dropFirst(plain.count)
                html += "\(String(plain))"
            }
        }
        return html
    }

    private static func end(ofString text: Substring) -> Substring.Index {
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            if text[index] == "\"" { return text.index(after: index) }
            if text[index] == "\\" { index = text.index(after: index) }
            if index < text.endIndex { index = text.index(after: index) }
        }
        return index
    }
}
