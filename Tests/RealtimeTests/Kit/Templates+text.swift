// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

extension SourceLocation {
    static let test = SourceLocation(file: "test.yaml", line: 1, column: 1)
}

/// `order:{orderId}` cut into its literals and what stands in braces.
private func cut(_ text: String) -> [(literal: String, place: String?)] {
    var pieces: [(literal: String, place: String?)] = []
    for piece in text.split(separator: "{", omittingEmptySubsequences: false) {
        guard let end = piece.firstIndex(of: "}") else {
            pieces.append((String(piece), nil))
            continue
        }
        pieces[pieces.count - 1].place = String(piece[..<end])
        pieces.append((String(piece[piece.index(after: end)...]), nil))
    }
    return pieces
}

extension ChannelPattern {
    init(_ text: String) {
        var parts: [Part] = []
        for piece in cut(text) {
            if !piece.literal.isEmpty { parts.append(.literal(piece.literal)) }
            if let place = piece.place { parts.append(.parameter(place)) }
        }
        self.init(parts: parts)
    }
}

extension NameTemplate {
    /// Places are fields of the payload, `{member}`, or parameters when they are listed.
    init(_ text: String, parameters: [String] = [], isOptional: Bool = false) {
        var parts: [Part] = []
        for piece in cut(text) {
            if !piece.literal.isEmpty { parts.append(.literal(piece.literal)) }
            guard let place = piece.place else { continue }
            if place == "member" {
                parts.append(.member)
            } else if let index = parameters.firstIndex(of: place) {
                parts.append(.parameter(place, index: index))
            } else {
                parts.append(.field(place.split(separator: ".").map(String.init)))
            }
        }
        self.init(parts: parts, isOptional: isOptional)
    }
}

extension Template {
    /// An object of payload fields: key to path.
    init(payload fields: [(String, String)], _ constants: [(String, String)] = []) {
        let values = fields.map { (key: $0.0, value: Node.value(TemplatePath(.payload([$0.1])))) }
        let others = constants.map { (key: $0.0, value: Node.json(Array($0.1.utf8))) }
        self.init(.object(values + others))
    }
}

extension JSONDocument {
    static func of(_ text: String) -> JSONDocument {
        do { return try JSONDocument(parsing: text) } catch { preconditionFailure("a test's JSON is wrong: \(text)") }
    }
}

extension ChannelName {
    /// A name that a test knows to be right.
    init(known text: String) {
        guard let name = ChannelName(text) else { preconditionFailure("\(text) is no channel name") }
        self = name
    }
}
