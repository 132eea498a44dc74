// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A JSON value of a document that is being made. Objects keep the order of their keys, numbers their text.
indirect enum DocumentValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As JSON writes it.
    case number(String)
    case string(String)
    case array([DocumentValue])
    case object(DocumentObject)

    /// - Returns: `nil` when the text is not JSON.
    init?(parsing text: String) {
        guard let document = try? JSONDocument(parsing: text, maximumDepth: 256) else { return nil }
        self.init(document.root)
    }

    init(_ node: JSONNode) {
        switch node.kind {
        case .null: self = .null
        case .bool: self = .bool(node.bool ?? false)
        case .number: self = .number(node.numberText ?? "0")
        case .string: self = .string(node.string ?? "")
        case .array: self = .array(node.elements.map { DocumentValue($0) })
        case .object:
            var object = DocumentObject()
            for member in node.members { object[member.name] = DocumentValue(member.value) }
            self = .object(object)
        }
    }

    /// The members, of an object; otherwise none.
    var members: [DocumentObject.Member] {
        if case .object(let object) = self { object.members } else { [] }
    }

    var elements: [DocumentValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var isObject: Bool {
        if case .object = self { true } else { false }
    }

    subscript(key: String) -> DocumentValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// A text with `{places}` of a template, wherever it stands within.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let object): object.members.flatMap(\.value.texts)
        case .null, .bool, .number: []
        }
    }
}

extension DocumentValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number("\(value)") }
    init(arrayLiteral elements: DocumentValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, DocumentValue)...) {
        self = .object(DocumentObject(elements.map { DocumentObject.Member(key: $0.0, value: $0.1) }))
    }
}
