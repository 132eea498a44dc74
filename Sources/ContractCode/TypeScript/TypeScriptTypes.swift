// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Types as TypeScript writes them.
enum TypeScriptTypes {
    /// In one line; objects have been declared before.
    static func expression(_ type: TypeModel) -> String { Self.expression(type, ofAlias: false) }

    /// - Parameter ofAlias: the language lets a type name itself behind an index, but not behind `Record`.
    private static func expression(_ type: TypeModel, ofAlias: Bool) -> String {
        switch type {
        case .anything: "unknown"
        case .nothing: "never"
        case .null: "null"
        case .boolean: "boolean"
        case .number, .integer: "number"
        case .string: "string"
        case .literal(.string(let text)): TypeScriptText.string(text)
        case .literal(.number(let text)): Self.number(text)
        case .literal(.bool(let value)): "\(value)"
        case .array(let element): "readonly \(Self.grouped(element, ofAlias: ofAlias))[]"
        case .tuple(let elements, let required, let rest):
            Self.tuple(elements, required: required, rest: rest)
        case .map(let values) where ofAlias:
            "{ readonly [name: string]: \(Self.expression(values, ofAlias: true)) }"
        case .map(let values): "Readonly<Record<string, \(Self.expression(values))>>"
        case .object: "object"
        case .named(let name): name
        case .union(let members):
            Self.sorted(members).map { Self.expression($0, ofAlias: ofAlias) }.joined(separator: " | ")
        }
    }

    /// A type behind something, such as `export type X`, over several lines where it must.
    static func alias(_ name: String, _ type: TypeModel) -> [String] {
        let line = "export type \(name) = \(Self.expression(type, ofAlias: true));"
        guard line.count > TypeScriptText.width, case .union(let members) = type else { return [line] }
        var lines = ["export type \(name) ="]
        lines += Self.sorted(members).map { "  | \(Self.expression($0, ofAlias: true))" }
        lines[lines.count - 1] += ";"
        return lines
    }

    /// `null` stands last.
    private static func sorted(_ members: [TypeModel]) -> [TypeModel] {
        members.filter { $0 != .null } + members.filter { $0 == .null }
    }

    private static func grouped(_ type: TypeModel, ofAlias: Bool = false) -> String {
        let text = Self.expression(type, ofAlias: ofAlias)
        return switch type {
        case .union, .array, .tuple: "(\(text))"
        default: text
        }
    }

    private static func tuple(_ elements: [TypeModel], required: Int, rest: TypeModel?) -> String {
        var parts = elements.enumerated().map { index, element in
            index < required ? Self.expression(element) : "\(Self.grouped(element))?"
        }
        if let rest { parts.append("...\(Self.grouped(rest))[]") }
        return "readonly [\(parts.joined(separator: ", "))]"
    }

    /// A number's literal; JSON's numbers are JavaScript's, but for a minus, which is an operator and fits as well.
    private static func number(_ text: String) -> String { text }
}
