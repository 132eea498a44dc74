// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A text of a template, read as docs/contract-reference.md says: `{path}`, `{path?}`, `{path|word}`, `{path[]}`, and braces doubled.
struct TemplateText {
    struct Place: Equatable {
        /// Such as `["args", "roomId"]`.
        var path: [String]
        /// Without a value the key that holds it is left out.
        var isOptional = false
        /// What stands there without a value, as it is written.
        var fallback: String?
        /// Every element of an array.
        var isSpread = false

        init(_ text: Substring) {
            var rest = text
            if let bar = rest.firstIndex(of: "|") {
                self.fallback = String(rest[rest.index(after: bar)...])
                rest = rest[..<bar]
            }
            if rest.hasSuffix("?") {
                self.isOptional = true
                rest = rest.dropLast()
            }
            if rest.hasSuffix("[]") {
                self.isSpread = true
                rest = rest.dropLast(2)
            }
            self.path = rest.split(separator: ".").map(String.init)
        }
    }

    enum Part: Equatable {
        case text(String)
        case place(Place)
    }

    let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let character = rest.first {
            if character == "{" || character == "}", rest.dropFirst().first == character {
                plain.append(character)
                rest = rest.dropFirst(2)
            } else if character == "{", let end = rest.firstIndex(of: "}") {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                var inner = rest[rest.index(after: rest.startIndex)..<end]
                var after = rest[rest.index(after: end)...]
                // An empty object as a fallback ends with two braces.
                if inner.hasSuffix("|{"), after.first == "}" {
                    inner = rest[rest.index(after: rest.startIndex)..<rest.index(after: end)]
                    after = after.dropFirst()
                }
                parts.append(.place(Place(inner)))
                rest = after
            } else {
                plain.append(character)
                rest = rest.dropFirst()
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    /// The place, when the text is that and nothing else.
    var onlyPlace: Place? {
        guard self.parts.count == 1, case .place(let place)? = self.parts.first else { return nil }
        return place
    }

    var places: [Place] {
        self.parts.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }

    /// The text without places; `nil` when it has some.
    var plain: String? {
        switch self.parts.first {
        case nil: ""
        case .text(let text)? where self.parts.count == 1: text
        default: nil
        }
    }
}
