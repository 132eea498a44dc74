// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes an enum of a choice: of texts, or of types that are told apart by what there is.
struct SwiftChoice {
    let types: SwiftTypes
    let access: String

    private struct Case {
        var name: String
        var type: String
        /// The text by which the object is known.
        var tag: String?
    }

    func lines(_ name: String, _ members: [TypeModel], notes: [String]) -> [String] {
        let texts = members.compactMap { if case .literal(.string(let text)) = $0 { text } else { nil } }
        return texts.count == members.count
            ? self.texts(name, texts, notes: notes) : self.kinds(name, members, notes: notes)
    }

    private func texts(_ name: String, _ texts: [String], notes: [String]) -> [String] {
        var table = NameTable(reserved: ["self", "init", "allCases", "rawValue", "hash"])
        var lines = SwiftText.comment(notes.isEmpty ? ["`\(name)`"] : notes, indent: 4)
        lines.append("    \(self.access)enum \(name): String, Codable, Sendable, Hashable, CaseIterable {")
        for text in texts {
            let name = table.take(Identifier.camel(text))
            let value = name == text ? "" : " = \(SwiftText.string(text))"
            lines += [
                "        /// `\(text.split(whereSeparator: \.isNewline).joined(separator: " "))`.",
                "        case \(SwiftText.name(name))\(value)",
            ]
        }
        return lines + ["    }"]
    }

    private func kinds(_ name: String, _ members: [TypeModel], notes: [String]) -> [String] {
        let isNullable = members.contains(.null)
        let cases = self.cases(members.filter { $0 != .null }) + (isNullable ? [Case(name: "null", type: "")] : [])
        var lines = SwiftText.comment(notes.isEmpty ? ["`\(name)`: one of several"] : notes, indent: 4)
        let more = self.literals(cases)
        let isRecursive = members.contains { self.types.contains(name, in: $0) }
        let kind = "    \(self.access)\(isRecursive ? "indirect " : "")enum \(name): Codable, Sendable, Hashable"
        lines += Self.head(kind, more.map(\.protocolName))
        for one in cases {
            lines.append("        /// \(one.type.isEmpty ? "Nothing." : "`\(one.type)`.")")
            lines.append("        case \(SwiftText.name(one.name))\(one.type.isEmpty ? "" : "(\(one.type))")")
        }
        lines += [""] + self.decoding(members, cases) + [""] + self.encoding(cases)
        for literal in more {
            lines += [
                "", "        /// A literal of the language.",
                "        \(self.access)init(\(literal.label) value: \(literal.type)) { self = .\(literal.name)(value) }",
            ]
        }
        return lines + ["    }"]
    }

    /// The first line, or two where it is too long.
    private static func head(_ kind: String, _ protocols: [String]) -> [String] {
        let line = ([kind] + protocols).joined(separator: ", ") + " {"
        if line.count <= SwiftText.width { return [line] }
        return [kind + ",", "        \(protocols.joined(separator: ", "))", "    {"]
    }

    private func cases(_ members: [TypeModel]) -> [Case] {
        var table = NameTable(reserved: ["self", "init", "null"])
        let tags = self.tags(members)
        // What fits less comes first.
        let ordered = members.enumerated().sorted {
            (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
        }
        return ordered.map { index, member in
            Case(
                name: table.take(Identifier.camel(tags?.values[index] ?? Self.word(member))),
                type: self.types.expression(member), tag: tags?.values[index])
        }
    }

    /// The member in which every object of the choice has another text.
    private func tags(_ members: [TypeModel]) -> (key: String, values: [String])? {
        let objects = members.compactMap { member -> ObjectModel? in
            guard case .named(let name) = member, case .object(let object)? = self.types.declarations[name] else {
                return nil
            }
            return object
        }
        guard objects.count == members.count, let first = objects.first else { return nil }
        for candidate in first.members where candidate.isRequired {
            let values = objects.compactMap { object -> String? in
                guard let member = object[candidate.name], member.isRequired else { return nil }
                return self.text(member.type)
            }
            if values.count == objects.count, Set(values).count == values.count { return (candidate.name, values) }
        }
        return nil
    }

    /// The one text that a type is.
    private func text(_ type: TypeModel) -> String? {
        switch type {
        case .literal(.string(let text)): text
        case .named(let name): self.types.declarations[name].flatMap { $0 == type ? nil : self.text($0) }
        default: nil
        }
    }

    private static func rank(_ type: TypeModel) -> Int {
        switch type {
        case .boolean, .literal(.bool): 0
        case .integer: 1
        case .number, .literal(.number): 2
        case .literal: 3
        case .string: 4
        case .named: 5
        case .array, .tuple: 6
        default: 7
        }
    }

    private static func word(_ type: TypeModel) -> String {
        switch type {
        case .boolean, .literal(.bool): "boolean"
        case .integer: "integer"
        case .number, .literal(.number): "number"
        case .string, .literal(.string): "string"
        case .named(let name) where name.hasSuffix("Answer"): "answer"
        case .named(let name) where name.hasSuffix("Refusal"): "refusal"
        case .named(let name): name
        case .array, .tuple: "list"
        case .map: "object"
        default: "value"
        }
    }

    private func decoding(_ members: [TypeModel], _ cases: [Case]) -> [String] {
        var lines = [
            "        /// Takes the first that fits.", "        \(self.access)init(from decoder: any Decoder) throws {",
        ]
        if let tags = self.tags(members.filter { $0 != .null }), cases.allSatisfy({ $0.tag != nil }) {
            lines += [
                "            let tag = try decoder.container(keyedBy: TagKey.self).decode(String.self, forKey: .tag)",
                "            switch tag {",
            ]
            lines += cases.map {
                "            case \(SwiftText.string($0.tag ?? "")): self = .\(SwiftText.name($0.name))(try \($0.type)(from: decoder))"
            }
            lines += [
                "            default:",
                "                let context = DecodingError.Context(",
                "                    codingPath: decoder.codingPath, debugDescription: \"there is no such kind\")",
                "                throw DecodingError.dataCorrupted(context)",
                "            }", "        }", "",
                "        private enum TagKey: String, CodingKey {",
                "            case tag = \(SwiftText.string(tags.key))", "        }",
            ]
            return lines
        }
        lines.append("            let container = try decoder.singleValueContainer()")
        if cases.contains(where: { $0.type.isEmpty }) {
            lines += [
                "            if container.decodeNil() {", "                self = .null", "                return",
                "            }",
            ]
        }
        let kinds = cases.filter { !$0.type.isEmpty }
        for (index, one) in kinds.enumerated() {
            let value = "\(one.type).self"
            guard index + 1 < kinds.count else {
                lines.append("            self = .\(SwiftText.name(one.name))(try container.decode(\(value)))")
                break
            }
            lines += [
                "            if let value = try? container.decode(\(value)) {",
                "                self = .\(SwiftText.name(one.name))(value)", "                return", "            }",
            ]
        }
        return lines + ["        }"]
    }

    private func encoding(_ cases: [Case]) -> [String] {
        var lines = [
            "        /// Writes the value as it is.",
            "        \(self.access)func encode(to encoder: any Encoder) throws {",
            "            var container = encoder.singleValueContainer()", "            switch self {",
        ]
        for one in cases {
            lines.append(
                one.type.isEmpty
                    ? "            case .null: try container.encodeNil()"
                    : "            case .\(SwiftText.name(one.name))(let value): try container.encode(value)")
        }
        return lines + ["            }", "        }"]
    }

    /// Literals that may stand for the choice.
    private func literals(_ cases: [Case]) -> [(protocolName: String, label: String, type: String, name: String)] {
        cases.compactMap { one in
            switch one.type {
            case "Int": ("ExpressibleByIntegerLiteral", "integerLiteral", "Int", one.name)
            case "String": ("ExpressibleByStringLiteral", "stringLiteral", "String", one.name)
            default: nil
            }
        }
    }
}
