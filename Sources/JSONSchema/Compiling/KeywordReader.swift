// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Reads the keywords of one schema as what they must be, and notes those that are something else.
struct KeywordReader {
    struct Fault {
        let message: String
        let location: SchemaLocation
        let hint: String?
    }

    private let keywords: [SchemaKeyword: JSONNode]
    private let document: Int
    private(set) var faults: [Fault] = []

    init(keywords: [SchemaKeyword: JSONNode], document: Int) {
        self.keywords = keywords
        self.document = document
    }

    func has(_ keyword: SchemaKeyword) -> Bool { self.keywords[keyword] != nil }

    func location(of node: JSONNode) -> SchemaLocation {
        SchemaLocation(document: self.document, index: node.index)
    }

    mutating func report(_ message: String, at node: JSONNode, hint: String? = nil) {
        self.faults.append(Fault(message: message, location: self.location(of: node), hint: hint))
    }

    mutating func any(_ keyword: SchemaKeyword) -> JSONNode? { self.keywords[keyword] }

    mutating func text(_ keyword: SchemaKeyword) -> (text: String, location: SchemaLocation)? {
        guard let node = self.keywords[keyword] else { return nil }
        guard let text = node.string else { return self.refuse(node, keyword, "a string") }
        return (text, self.location(of: node))
    }

    mutating func flag(_ keyword: SchemaKeyword) -> Bool? {
        guard let node = self.keywords[keyword] else { return nil }
        guard let flag = node.bool else { return self.refuse(node, keyword, "true or false") }
        return flag
    }

    /// A length or count. What is beyond any length there can be is taken as the largest.
    mutating func count(_ keyword: SchemaKeyword) -> Int? {
        guard let node = self.keywords[keyword] else { return nil }
        let facts: (isWhole: Bool, isNegative: Bool) = node.document.withTape { tape in
            let decimal = tape.decimal(at: node.index)
            return (decimal.isInteger, decimal.isNegative && !decimal.isZero)
        }
        guard node.kind == .number, facts.isWhole, !facts.isNegative else {
            return self.refuse(node, keyword, "a whole number, 0 or more")
        }
        return node.int ?? .max
    }

    mutating func number(_ keyword: SchemaKeyword) -> JSONNode? {
        guard let node = self.keywords[keyword] else { return nil }
        guard node.kind == .number else { return self.refuse(node, keyword, "a number") }
        return node
    }

    mutating func list(_ keyword: SchemaKeyword) -> JSONNode? {
        guard let node = self.keywords[keyword] else { return nil }
        guard node.kind == .array else { return self.refuse(node, keyword, "a list") }
        return node
    }

    /// The strings of a list, as nodes.
    mutating func strings(_ keyword: SchemaKeyword) -> [JSONNode] {
        guard let list = self.list(keyword) else { return [] }
        return self.strings(of: list)
    }

    /// The distinct strings of a list, as nodes.
    mutating func strings(of list: JSONNode) -> [JSONNode] {
        var strings: [JSONNode] = []
        var seen: Set<String> = []
        for element in list.elements {
            guard let name = element.string else {
                self.report("must be a string", at: element)
                continue
            }
            guard seen.insert(name).inserted else {
                self.report("\"\(name)\" is in the list twice", at: element)
                continue
            }
            strings.append(element)
        }
        return strings
    }

    mutating func object(_ keyword: SchemaKeyword) -> JSONNode? {
        guard let node = self.keywords[keyword] else { return nil }
        guard node.kind == .object else { return self.refuse(node, keyword, "an object") }
        return node
    }

    mutating func schema(_ keyword: SchemaKeyword) -> SchemaLocation? {
        self.keywords[keyword].map(self.location(of:))
    }

    mutating func schemas(_ keyword: SchemaKeyword) -> [SchemaLocation] {
        guard let list = self.list(keyword) else { return [] }
        if list.count == 0 { self.report("\"\(keyword.rawValue)\" must have at least one schema", at: list) }
        return list.elements.map(self.location(of:))
    }

    mutating func schemasByName(_ keyword: SchemaKeyword) -> [(name: JSONNode, location: SchemaLocation)] {
        guard let object = self.object(keyword) else { return [] }
        return object.members.map { ($0.key, self.location(of: $0.value)) }
    }

    private mutating func refuse<Value>(_ node: JSONNode, _ keyword: SchemaKeyword, _ expected: String) -> Value? {
        let actual = SchemaTypes(of: node.kind).phrase
        self.report("\"\(keyword.rawValue)\" must be \(expected), is \(actual)", at: node)
        return nil
    }
}
