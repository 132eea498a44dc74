// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension JSONNode {
    /// The value as it stands in the document.
    var jsonText: String { String(decoding: self.rawBytes, as: UTF8.self) }

    /// A text, or the text of a number or truth value that stands where a text is meant.
    var scalarText: String? {
        switch self.kind {
        case .string: self.string
        case .number, .bool: self.jsonText
        default: nil
        }
    }

    /// Every text in the value, outside in, with the path of member names that leads to it. Elements of arrays have the path of the array.
    ///
    /// Documents are at most 64 deep.
    func texts(at path: [String] = []) -> [(path: [String], text: String)] {
        switch self.kind {
        case .string: [(path, self.string ?? "")]
        case .object: self.members.flatMap { $0.value.texts(at: path + [$0.name]) }
        case .array: self.elements.flatMap { $0.texts(at: path) }
        default: []
        }
    }
}
