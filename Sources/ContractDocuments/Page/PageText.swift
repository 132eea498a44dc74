// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// A guide as one HTML file that needs nothing else: no network, no other file.
struct PageText {
    private let guide: Guide
    private let facts: ContractFacts

    init(_ guide: Guide, facts: ContractFacts) {
        self.guide = guide
        self.facts = facts
    }

    var html: String {
        let sections = self.guide.sections
        let page: HTMLText = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>\(self.guide.title)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Switchboard">
            <meta http-equiv="Content-Security-Policy" content="\(PagePolicy.text)">
            <style>\(HTMLText(trusted: PageStyle.text))</style>
            </head>
            <body>
            <a class="skip" href="#connect">To the text</a>
            <div class="frame">
            <nav aria-label="Contents">
            <a class="brand" href="#top">\(self.guide.title)</a>
            <button id="menu" type="button" aria-expanded="false" aria-controls="list">Menu</button>
            <div class="list" id="list">
            <input id="filter" type="search" placeholder="Search (press /)" aria-label="Search events, commands and fields" autocomplete="off">
            <p id="filter-count" role="status"></p>
            \(self.menu(sections))
            </div>
            </nav>
            <main id="top">
            <h1>\(self.guide.title)</h1>
            <p class="lead">\(Self.text(self.guide.lead))</p>
            \(self.links)
            \(sections.map(self.section))
            \(ConsoleForm(facts: self.facts).html)
            <footer><p>Made from the contract <code>\(self.fileName)</code> by Switchboard: what stands here is what the server checks.</p></footer>
            </main>
            </div>
            <script id="contract-data" type="application/json">\(ConsoleForm(facts: self.facts).data)</script>
            <script>\(HTMLText(trusted: PageScript.text))</script>
            </body>
            </html>

            """
        return page.html
    }

    /// Without the folder, which is nobody's business.
    private var fileName: String {
        self.facts.outline.file.split(separator: "/").last.map(String.init) ?? self.facts.outline.file
    }

    private var links: HTMLText {
        let name = self.guide.name
        return """
            <p class="links" data-served hidden>The same for programs: <a href="\(name).asyncapi.yaml">AsyncAPI</a> \
            (<a href="\(name).asyncapi.json">JSON</a>), <a href="\(name).openapi.json">OpenAPI</a>, \
            <a href="\(name).md">Markdown</a>. <a href="../docs">All platforms of this server</a>.</p>
            """
    }

    private func menu(_ sections: [Guide.Section]) -> HTMLText {
        let parts = sections.map { section -> HTMLText in
            let entries = section.entries.map { entry -> HTMLText in
                "<li><a href=\"#\(Self.target(entry.id))\"><code>\(entry.prefix.map { $0 + " " } ?? "")\(entry.name)</code></a></li>\n"
            }
            let head: HTMLText = "<p class=\"part\"><a href=\"#\(section.id)\">\(section.title)</a></p>\n"
            return entries.isEmpty ? head : "\(head)<ul>\n\(entries)</ul>\n"
        }
        return "\(parts)<p class=\"part\"><a href=\"#try\">Try it</a></p>\n"
    }

    private func section(_ section: Guide.Section) -> HTMLText {
        """
        <section aria-labelledby="\(section.id)">
        <h2 id="\(section.id)">\(section.title)\(Self.anchor(section.id))</h2>
        \(section.blocks.enumerated().map { self.block($1, id: "\(section.id)~\($0)") })
        \(section.entries.map(self.entry))
        </section>

        """
    }

    private func entry(_ entry: Guide.Entry) -> HTMLText {
        let search = ([entry.name, entry.prefix ?? ""] + entry.tags + entry.keywords).joined(separator: " ")
        let method: HTMLText = entry.prefix.map { "<span class=\"method\">\($0)</span>" } ?? ""
        let tags = entry.tags.map { tag -> HTMLText in "<span class=\"tag\">\(tag)</span>" }
        let blocks = entry.blocks.enumerated().map { self.block($1, id: "\(entry.id)~b\($0)") }
        let samples = entry.samples.enumerated().map { self.block($1, id: "\(entry.id)~s\($0)") }
        let body: HTMLText =
            samples.isEmpty
            ? "\(blocks)" : "<div class=\"sides\"><div>\n\(blocks)</div><div>\n\(samples)</div></div>\n"
        return """
            <article class="entry" id="\(entry.id)" data-search="\(search)">
            <h3>\(method)<code>\(entry.name)</code> \(tags)\(Self.anchor(entry.id))</h3>
            \(body)</article>

            """
    }

    private func block(_ block: Guide.Block, id: String) -> HTMLText {
        switch block {
        case .paragraph(let prose): return "<p>\(Self.text(prose))</p>\n"
        case .hint(let prose): return "<p class=\"hint\">\(Self.text(prose))</p>\n"
        case .heading(let heading): return "<h4>\(heading)</h4>\n"
        case .list(let items):
            return "<ul>\n\(items.map { item -> HTMLText in "<li>\(Self.text(item))</li>\n" })</ul>\n"
        case .code(let code): return Self.code(code)
        case .choice(let choices):
            let sections = choices.enumerated().map { index, choice -> HTMLText in
                """
                <section data-tab="\(choice.name)" id="\(id)-\(index)"><h4>\(choice.name)</h4>
                \(choice.notes.map { note -> HTMLText in "<p>\(Self.text(note))</p>\n" })\(Self.code(choice.code))</section>

                """
            }
            return "<div class=\"tabs\">\n\(sections)</div>\n"
        case .table(let table): return Self.table(table)
        case .fields(let fields): return Self.fields(fields)
        }
    }

    private static func code(_ code: Guide.Code) -> HTMLText {
        "<pre tabindex=\"0\"><code class=\"\(code.language)\">\(CodeColors.html(code))</code></pre>\n"
    }

    private static func table(_ table: Guide.Table) -> HTMLText {
        let rows = table.rows.map { row -> HTMLText in
            let cells = row.enumerated().map { index, cell -> HTMLText in
                let label = table.head.indices.contains(index) ? table.head[index] : ""
                return index == 0
                    ? "<td class=\"name\">\(Self.text(cell))</td>"
                    : "<td\(label.isEmpty ? "" : " data-label=\"\(label)\"" as HTMLText)>\(Self.text(cell))</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        let head: HTMLText =
            table.head.allSatisfy(\.isEmpty)
            ? ""
            : "<thead><tr>\(table.head.map { name -> HTMLText in "<th scope=\"col\">\(name)</th>" })</tr></thead>\n"
        return
            "<div class=\"wide\"><table class=\"stack\(table.head.allSatisfy(\.isEmpty) ? " facts" : "")\">\n\(head)<tbody>\n\(rows)</tbody></table></div>\n"
    }

    private static func fields(_ fields: [SchemaField]) -> HTMLText {
        let rows = fields.map { field -> HTMLText in
            let mark: HTMLText = field.isRequired ? "<span class=\"required\">required</span>" : ""
            let description: HTMLText = field.description.map { "<br>\($0)" } ?? ""
            let notes: HTMLText =
                field.notes.isEmpty ? "" : "<br><span class=\"note\">\(field.notes.joined(separator: ", "))</span>"
            return """
                <tr><td class="name depth\(field.depth)"><code>\(field.name)</code>\(mark)</td>\
                <td><code>\(field.type)</code>\(notes)\(description)</td></tr>

                """
        }
        return """
            <div class="wide"><table>
            <thead><tr><th scope="col">Member</th><th scope="col">Type</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }

    private static func anchor(_ id: String) -> HTMLText {
        "<a class=\"anchor\" href=\"#\(Self.target(id))\" aria-label=\"Link to this place\">#</a>"
    }

    static func text(_ prose: Prose) -> HTMLText {
        prose.parts.map { part -> HTMLText in
            switch part {
            case .text(let text): "\(text)"
            case .code(let text): "<code>\(text)</code>"
            case .link(let text, let id): "<a href=\"#\(Self.target(id))\">\(text)</a>"
            case .codeLink(let text, let id): "<a href=\"#\(Self.target(id))\"><code>\(text)</code></a>"
            }
        }.joined()
    }

    private static func target(_ id: String) -> String { PercentText.encoded(id, keeping: ":/*") }
}
