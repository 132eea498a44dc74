// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A sentence for people, with code and links in it: `"Goes to \(code: pattern)."` Nothing of it is markup yet.
struct Prose: Sendable, Equatable, ExpressibleByStringInterpolation {
    enum Part: Sendable, Equatable {
        case text(String)
        case code(String)
        /// To a place of the same document.
        case link(String, id: String)
        /// To a place of the same document, with a name from the contract as its text.
        case codeLink(String, id: String)
    }

    struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { self.parts.append(.text(literal)) }
        }
        mutating func appendInterpolation(_ text: String) { self.parts.append(.text(text)) }
        mutating func appendInterpolation(_ number: Int) { self.parts.append(.text("\(number)")) }
        mutating func appendInterpolation(_ prose: Prose) { self.parts += prose.parts }
        mutating func appendInterpolation(code: String) { self.parts.append(.code(code)) }
        mutating func appendInterpolation(link text: String, to id: String) { self.parts.append(.link(text, id: id)) }
    }

    var parts: [Part]

    init(_ parts: [Part]) { self.parts = parts }
    init(_ text: String) { self.parts = [.text(text)] }
    init(stringLiteral value: String) { self.parts = value.isEmpty ? [] : [.text(value)] }
    init(stringInterpolation: StringInterpolation) { self.parts = stringInterpolation.parts }

    static func code(_ text: String) -> Prose { Prose([.code(text)]) }

    /// Without marks, for searching.
    var plain: String {
        self.parts.map { part in
            switch part {
            case .text(let text), .code(let text), .link(let text, _), .codeLink(let text, _): text
            }
        }.joined()
    }

    var isEmpty: Bool { self.parts.isEmpty }

    /// `a, b and c`.
    static func list(_ items: [Prose], last: String = "and") -> Prose {
        guard let final = items.last else { return "" }
        guard items.count > 1 else { return final }
        return "\(Self.joined(Array(items.dropLast()), ", ")) \(last) \(final)"
    }

    static func joined(_ items: [Prose], _ separator: String) -> Prose {
        var parts: [Part] = []
        for (index, item) in items.enumerated() {
            if index > 0 { parts.append(.text(separator)) }
            parts += item.parts
        }
        return Prose(parts)
    }
}
