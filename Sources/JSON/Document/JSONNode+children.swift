// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONNode {
    /// The value of an object's member; nil when it has none or this is no object.
    ///
    /// A scan over the members, comparing bytes. Of a repeated name the last counts, as in JavaScript.
    package subscript(key: String) -> JSONNode? {
        let found = self.document.withTape { tape in
            key.withUTF8Bytes { tape.member(of: self.index, named: $0) }
        }
        return found.map { JSONNode(document: self.document, index: $0) }
    }

    /// The element of an array, counted from 0; nil outside it or when this is no array.
    package subscript(position: Int) -> JSONNode? {
        guard self.kind == .array, position >= 0, position < self.count else { return nil }
        return self.elements.dropFirst(position).first { _ in true }
    }

    /// An array's elements in order; empty for other kinds.
    package var elements: Elements {
        Elements(document: self.document, upcoming: self.index + 1, remaining: self.kind == .array ? self.count : 0)
    }

    /// An object's members in the order of the text, repeated names included; empty for other kinds.
    package var members: Members {
        Members(document: self.document, upcoming: self.index + 1, remaining: self.kind == .object ? self.count : 0)
    }

    /// The elements of an array, read as they are asked for.
    package struct Elements: Sequence, IteratorProtocol, Sendable {
        let document: JSONDocument
        var upcoming: Int
        var remaining: Int

        package var underestimatedCount: Int { self.remaining }

        package mutating func next() -> JSONNode? {
            guard self.remaining > 0 else { return nil }
            defer {
                self.remaining -= 1
                self.upcoming = Int(self.document.tape[self.upcoming].next)
            }
            return JSONNode(document: self.document, index: self.upcoming)
        }
    }

    /// The members of an object, read as they are asked for.
    package struct Members: Sequence, IteratorProtocol, Sendable {
        let document: JSONDocument
        var upcoming: Int
        var remaining: Int

        package var underestimatedCount: Int { self.remaining }

        package mutating func next() -> Member? {
            guard self.remaining > 0 else { return nil }
            defer {
                self.remaining -= 1
                self.upcoming = Int(self.document.tape[self.upcoming + 1].next)
            }
            return Member(
                key: JSONNode(document: self.document, index: self.upcoming),
                value: JSONNode(document: self.document, index: self.upcoming + 1))
        }
    }

    /// One member of an object.
    package struct Member: Sendable {
        /// The name, as the string value it is in the text.
        package let key: JSONNode
        package let value: JSONNode

        /// The name, escapes decoded.
        package var name: String { self.key.string ?? "" }
    }
}
