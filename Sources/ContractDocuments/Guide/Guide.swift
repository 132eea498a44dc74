// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a frontend developer reads about a platform, before it is Markdown or a page.
struct Guide {
    /// A piece of a section, from top to bottom.
    enum Block {
        case paragraph(Prose)
        /// Something not to be overlooked.
        case hint(Prose)
        case heading(String)
        case list([Prose])
        case code(Code)
        /// The same in several languages; a page shows one of them at a time.
        case choice([Choice])
        case table(Table)
        case fields([SchemaField])
    }

    struct Code {
        /// As highlighters call it: `json`, `js`, `ts`, `swift`, `sh`.
        var language: String
        var text: String
    }

    struct Choice {
        var name: String
        var notes: [Prose] = []
        var code: Code
    }

    struct Table {
        var head: [String]
        var rows: [[Prose]]
    }

    /// One event, command, error or request: what a search finds and a link leads to.
    struct Entry {
        var id: String
        /// A name from the contract.
        var name: String
        /// Such as the method of a request.
        var prefix: String?
        var tags: [String] = []
        /// Found by a search besides the name.
        var keywords: [String] = []
        /// What it is.
        var blocks: [Block]
        /// What it looks like; beside the former where there is room.
        var samples: [Block] = []
    }

    struct Section {
        var id: String
        var title: String
        var blocks: [Block] = []
        var entries: [Entry] = []
    }

    var name: String
    var title: String
    var lead: Prose
    var sections: [Section]
}
