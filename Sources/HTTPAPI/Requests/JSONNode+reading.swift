// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reading a member of a request's body. What it should be and is not becomes an ``RequestError`` that names its place.
extension JSONNode {
    /// A text of 1 to `maximumByteCount` bytes.
    func text(_ key: String, maximumByteCount: Int = 255) throws(RequestError) -> String {
        try self.text(at: JSONPointer().appending(key: key), maximumByteCount: maximumByteCount)
    }

    /// An array of such texts.
    func texts(_ key: String, minimumCount: Int = 0) throws(RequestError) -> [String] {
        let pointer = JSONPointer().appending(key: key)
        guard self.kind == .array else {
            throw RequestError(
                .invalidRequest, "must be an array of texts, not \(self.kind.indefinite)", pointer: pointer)
        }
        guard self.count >= minimumCount else {
            throw RequestError(.invalidRequest, "is empty; leave \"\(key)\" out or put something in", pointer: pointer)
        }
        var texts: [String] = []
        texts.reserveCapacity(self.count)
        for (index, element) in self.elements.enumerated() {
            texts.append(try element.text(at: pointer.appending(index: index), maximumByteCount: 255))
        }
        return texts
    }

    private func text(at pointer: JSONPointer, maximumByteCount: Int) throws(RequestError) -> String {
        guard let text = self.string else {
            throw RequestError(.invalidRequest, "must be a text, not \(self.kind.indefinite)", pointer: pointer)
        }
        guard (1...maximumByteCount).contains(text.utf8.count) else {
            throw RequestError(.invalidRequest, "must have 1 to \(maximumByteCount) bytes", pointer: pointer)
        }
        return text
    }

    /// Refuses what is not an object.
    func requireObject() throws(RequestError) {
        guard self.kind == .object else {
            throw RequestError(
                .invalidRequest, "must be an object, not \(self.kind.indefinite)", pointer: JSONPointer())
        }
    }
}

extension JSONNode.Member {
    /// The error that refuses this member, which the body may not have.
    func unknownError(known: [String]) -> RequestError {
        let name = self.name
        let question = Spelling.question(for: name, among: known)
        let hint = question.isEmpty ? "; known here: \(known.joined(separator: ", "))" : question
        return RequestError(
            .invalidRequest, "there is no \"\(name)\" here\(hint)", pointer: JSONPointer().appending(key: name))
    }
}

extension JSONKind {
    /// As it is named in messages.
    fileprivate var indefinite: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
