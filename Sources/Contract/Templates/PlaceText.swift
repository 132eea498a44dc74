// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Text with places, as the contract writes it: `Order {orderNumber} of {buyer.name|somebody}`.
///
/// `{{` and `}}` stand for single braces.
struct PlaceText {
    /// `{path}`, `{path?}`, `{path|word}` or `{path[]}`, also `{path[]?}`.
    struct Place: Equatable {
        /// At least one, none empty.
        var keys: [String]
        /// `?`: whatever needs the value disappears when there is none.
        var isOptional = false
        /// `|word`
        var fallback: String?
        /// `[]`
        var isSpread = false

        var path: String { self.keys.joined(separator: ".") }
    }

    enum Piece: Equatable {
        case literal(String)
        case place(Place)

        var isSpread: Bool { if case .place(let place) = self { place.isSpread } else { false } }
    }

    struct Failure: Error {
        var message: String
        var hint: String?
    }

    let pieces: [Piece]

    init(_ text: String) throws(Failure) {
        var pieces: [Piece] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.first {
            rest.removeFirst()
            if (character == "{" || character == "}") && rest.first == character {
                literal.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = Self.end(of: rest) else {
                    throw Failure(message: "\"{\" is not closed", hint: "write {{ for a brace that is text")
                }
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = ""
                pieces.append(.place(try Self.place(rest[..<end])))
                rest = rest[end...].dropFirst()
            } else if character == "}" {
                throw Failure(message: "\"}\" closes nothing", hint: "write }} for a brace that is text")
            } else {
                literal.append(character)
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
    }

    /// The only place, when the text is nothing else.
    var singlePlace: Place? {
        if self.pieces.count == 1, case .place(let place) = self.pieces[0] { place } else { nil }
    }

    /// Where the brace stands that closes a place; an empty map may be its default: `{body.data|{}}`.
    private static func end(of text: Substring) -> Substring.Index? {
        guard let end = text.firstIndex(of: "}"), text[..<end].hasSuffix("|{"), text[end...].hasPrefix("}}") else {
            return text.firstIndex(of: "}")
        }
        return text.index(after: end)
    }

    private static func place(_ text: Substring) throws(Failure) -> Place {
        var path = text
        var fallback: String?
        if let bar = path.firstIndex(of: "|") {
            let word = path[bar...].dropFirst()
            guard word.unicodeScalars.allSatisfy({ $0 >= " " && $0 != "\"" && $0 != "\\" }) else {
                throw Failure(message: "\"{\(text)}\": a default has no quotes, backslashes or control characters")
            }
            fallback = String(word)
            path = path[..<bar]
        }
        let isOptional = path.hasSuffix("?")
        if isOptional { path = path.dropLast() }
        let isSpread = path.hasSuffix("[]")
        if isSpread { path = path.dropLast(2) }
        guard !isOptional || fallback == nil else {
            throw Failure(message: "\"{\(text)}\": a place with a default is never missing", hint: "leave out ? or |")
        }
        let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy(Self.isKey) else {
            throw Failure(
                message: "\"{\(text)}\" is not a path",
                hint: "a path is names with dots between them, such as {user.id}; {{ stands for a brace that is text")
        }
        return Place(keys: keys, isOptional: isOptional, fallback: fallback, isSpread: isSpread)
    }

    private static func isKey(_ key: String) -> Bool {
        !key.isEmpty
            && key.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "$", "@": true
                default: !scalar.isASCII && scalar.properties.isAlphabetic
                }
            }
    }
}
