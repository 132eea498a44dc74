// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// A value of a contract file with its place. Aliases, merge keys and variables are resolved.
struct DocumentNode: Sendable {
    indirect enum Value: Sendable {
        case null
        case bool(Bool)
        /// A JSON number's text.
        case number(String)
        case text(String)
        case list([DocumentNode])
        /// In the order of the file; no two keys are equal.
        case map([Entry])
        /// Stands for a value that has been found faulty already, so that it is not complained about twice.
        case faulty
    }

    struct Entry: Sendable {
        var key: String
        var keyLocation: SourceLocation
        var value: DocumentNode
    }

    /// Where a scalar's text comes from.
    enum Origin: Equatable, Sendable {
        case file
        /// All or part of it is the value of a variable.
        case variable
        /// All or part of it is the default of a variable that is not set.
        case fallback
        /// The variable is not set, and a secret was made in its place.
        case generated
    }

    var value: Value
    var location: SourceLocation
    var origin: Origin = .file
    /// The variables that the scalar names, in order.
    var variables: [String] = []
    /// A scalar's text before it got a type; `nil` for lists and maps.
    var raw: String?

    subscript(key: String) -> DocumentNode? {
        guard case .map(let entries) = self.value else { return nil }
        return entries.first { $0.key == key }?.value
    }

    var isNull: Bool { if case .null = self.value { true } else { false } }

    var isFaulty: Bool { if case .faulty = self.value { true } else { false } }

    /// A variable that is set to nothing, or whose default is nothing: often as if what it stands for was left out.
    var isEmptyVariable: Bool { self.origin != .file && self.raw?.isEmpty == true }

    /// The elements of a list, or the value itself where one may stand for a list of one.
    var elements: [DocumentNode] {
        if case .list(let elements) = self.value { elements } else { [self] }
    }

    /// What the value is, in words for messages.
    var kindInWords: String {
        switch self.value {
        case .null: "nothing"
        case .bool(let value): "\(value)"
        case .number(let text): "the number \(text)"
        case .text(let text): text.utf8.count <= 40 ? "\"\(text)\"" : "a text"
        case .list: "a list"
        case .map: "a map"
        case .faulty: "a faulty value"
        }
    }
}
