// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A guide as one Markdown page (CommonMark with GitHub's tables), good to read in a repository.
struct MarkdownText {
    private(set) var text = ""

    init(_ guide: Guide) {
        self.text += "# \(Self.escaped(guide.title))\n\n\(Self.text(guide.lead))\n\n"
        for section in guide.sections {
            self.text += "- [\(Self.escaped(section.title))](#\(section.id))\n"
        }
        for section in guide.sections {
            self.text += "\n<a id=\"\(section.id)\"></a>\n\n## \(Self.escaped(section.title))\n\n"
            for block in section.blocks { self.append(block) }
            for entry in section.entries { self.append(entry) }
        }
    }

    private mutating func append(_ entry: Guide.Entry) {
        let prefix = entry.prefix.map { Self.escaped($0) + " " } ?? ""
        self.text += "<a id=\"\(HTMLText.escaped(entry.id))\"></a>\n\n### \(prefix)\(Self.code(entry.name))\n\n"
        for block in entry.blocks + entry.samples { self.append(block) }
    }

    private mutating func append(_ block: Guide.Block) {
        switch block {
        case .paragraph(let prose): self.text += Self.text(prose) + "\n\n"
        case .hint(let prose): self.text += "> " + Self.text(prose) + "\n\n"
        case .heading(let heading): self.text += "**\(Self.escaped(heading))**\n\n"
        case .list(let items): self.text += items.map { "- \(Self.text($0))\n" }.joined() + "\n"
        case .code(let code): self.append(code)
        case .choice(let choices):
            for choice in choices {
                self.text += "**\(Self.escaped(choice.name))**\n\n"
                for note in choice.notes { self.text += Self.text(note) + "\n\n" }
                self.append(choice.code)
            }
        case .table(let table): self.append(table)
        case .fields(let fields): self.append(fields)
        }
    }

    /// Fenced with more backticks than the code has in a row.
    private mutating func append(_ code: Guide.Code) {
        let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: code.text) + 1))
        self.text += "\(fence)\(code.language)\n\(code.text)\n\(fence)\n\n"
    }

    private mutating func append(_ table: Guide.Table) {
        // Rows without names above them are a list of things and what they are.
        if table.head.allSatisfy(\.isEmpty) {
            for row in table.rows {
                guard let first = row.first else { continue }
                let rest = row.dropFirst().map(Self.text).joined(separator: " ")
                self.text += "- \(Self.text(first)): \(rest)\n"
            }
            self.text += "\n"
            return
        }
        self.row(table.head.map { Self.cell(Self.escaped($0)) })
        self.row(table.head.map { _ in "---" })
        for row in table.rows { self.row(row.map { Self.cell(Self.text($0)) }) }
        self.text += "\n"
    }

    private mutating func append(_ fields: [SchemaField]) {
        self.row(["Member", "Type", "", ""])
        self.row(["---", "---", "---", "---"])
        for field in fields {
            let name = String(repeating: "\u{2003}", count: field.depth) + Self.code(field.name)
            let about = [field.description, field.notes.isEmpty ? nil : field.notes.joined(separator: ", ")]
                .compactMap { $0 }.map(Self.escaped).joined(separator: "; ")
            let cells = [name, Self.code(field.type), field.isRequired ? "required" : "", about]
            self.row(cells.map(Self.cell))
        }
        self.text += "\n"
    }

    private mutating func row(_ cells: [String]) { self.text += "| " + cells.joined(separator: " | ") + " |\n" }

    // MARK: Spelling

    /// A bar would end the cell, in code as elsewhere.
    private static func cell(_ markdown: String) -> String {
        markdown.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            .split(separator: "\n").joined(separator: " ")
    }

    static func text(_ prose: Prose) -> String {
        prose.parts.map { part in
            switch part {
            case .text(let text): Self.escaped(text)
            case .code(let text): Self.code(text)
            case .link(let text, let id): "[\(Self.escaped(text))](#\(Self.target(id)))"
            case .codeLink(let text, let id): "[\(Self.code(text))](#\(Self.target(id)))"
            }
        }.joined()
    }

    private static func target(_ id: String) -> String { PercentText.encoded(id, keeping: ":/*") }

    /// Code in a line, in as many backticks as it needs.
    static func code(_ text: String) -> String {
        guard !text.isEmpty else { return "" }
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map(Self.inLine)))
        let marks = String(repeating: "`", count: Self.longestRun(of: "`", in: line) + 1)
        let space = line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
        return marks + space + line + space + marks
    }

    private static func longestRun(of character: Unicode.Scalar, in text: String) -> Int {
        var longest = 0
        var run = 0
        for one in text.unicodeScalars {
            run = one == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// Text that stays text: neither markup of Markdown nor HTML.
    static func escaped(_ text: String) -> String {
        var result = ""
        // Not by characters: a mark that follows a sign would hide it.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "#", "~", "!": result += "\\\(scalar)"
            default: result.unicodeScalars.append(Self.inLine(scalar))
            }
        }
        return result
    }

    /// No end of a line, and no control character, which would make the page no text to other programs.
    private static func inLine(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\n", "\r", "\t", "\u{2028}", "\u{2029}": " "
        case "\u{00}"..."\u{1F}", "\u{7F}": "\u{FFFD}"
        default: scalar
        }
    }
}
