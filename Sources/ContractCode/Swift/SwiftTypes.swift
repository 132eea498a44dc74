// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Types as Swift writes them.
struct SwiftTypes {
    /// The declarations by their names.
    let declarations: [String: TypeModel]

    func expression(_ type: TypeModel) -> String {
        switch type {
        case .anything, .nothing, .object, .null: "JSONValue"
        case .boolean, .literal(.bool): "Bool"
        case .number: "Double"
        case .integer: "Int"
        case .literal(.number(let text)): Int(text) == nil ? "Double" : "Int"
        case .string, .literal(.string): "String"
        case .array(let element): "[\(self.expression(element))]"
        case .tuple(let elements, _, let rest): "[\(self.common(elements + (rest.map { [$0] } ?? [])))]"
        case .map(.nothing): "[String: JSONValue]"
        case .map(let values): "[String: \(self.expression(values))]"
        case .named(let name): name
        case .union(let members): self.union(members)
        }
    }

    /// Of unions only those that may be null have no name of their own.
    private func union(_ members: [TypeModel]) -> String {
        let rest = members.filter { $0 != .null }
        guard rest.count == 1, rest.count < members.count else { return "JSONValue" }
        return self.optional(rest[0])
    }

    /// Not two question marks where the type has one already.
    func optional(_ type: TypeModel) -> String {
        self.isOptional(type) ? self.expression(type) : self.expression(type) + "?"
    }

    /// The type itself may be null.
    func isOptional(_ type: TypeModel) -> Bool {
        guard case .union(let members) = type, members.contains(.null) else { return false }
        return members.count == 2
    }

    private func common(_ types: [TypeModel]) -> String {
        guard let first = types.first, types.allSatisfy({ $0 == first }) else { return "JSONValue" }
        return self.expression(first)
    }

    /// Whether a value of the type holds one of the declaration, without a list or a map between them.
    func contains(_ name: String, in type: TypeModel) -> Bool {
        var visited: Set<String> = []
        return self.contains(name, in: type, &visited)
    }

    /// Whether a declaration that is only another name for lists and maps consists of itself, which the language does not have.
    func isCircular(_ name: String) -> Bool {
        var visited: Set<String> = []
        return self.declarations[name].map { self.leads($0, to: name, &visited) } ?? false
    }

    private func leads(_ type: TypeModel, to name: String, _ visited: inout Set<String>) -> Bool {
        switch type {
        case .named(name): return true
        case .named(let other):
            guard visited.insert(other).inserted, let declared = self.declarations[other] else { return false }
            return self.leads(declared, to: name, &visited)
        case .array(let element), .map(let element): return self.leads(element, to: name, &visited)
        case .tuple(let elements, _, let rest):
            for element in elements + [rest].compactMap(\.self) where self.leads(element, to: name, &visited) {
                return true
            }
            return false
        // Other choices are kinds of their own.
        case .union(let members) where self.isOptional(type):
            for member in members where self.leads(member, to: name, &visited) { return true }
            return false
        default: return false
        }
    }

    private func contains(_ name: String, in type: TypeModel, _ visited: inout Set<String>) -> Bool {
        switch type {
        case .named(name): return true
        case .named(let other):
            guard visited.insert(other).inserted, let declared = self.declarations[other] else { return false }
            return self.contains(name, in: declared, &visited)
        case .object(let object):
            for member in object.members where self.contains(name, in: member.type, &visited) { return true }
            return false
        case .union(let members):
            for member in members where self.contains(name, in: member, &visited) { return true }
            return false
        default: return false
        }
    }
}
