// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import JSON
import Realtime

/// The types of what templates become: literal parts have their value, a place of the client's message what its schema says.
struct TemplateTypes {
    let reader: SchemaReader
    /// What the client sent, by its keys.
    var arguments: TypeModel
    /// What `{result.publications}` and `{result.items}` are lists of.
    var item: TypeModel = .anything

    func type(of template: JSONNode) -> TypeModel {
        switch template.kind {
        case .object:
            guard template.count > 0 else { return .map(.anything) }
            return .object(
                ObjectModel(
                    members: template.members.map { member in
                        .init(
                            name: member.name, type: self.type(of: member.value),
                            isRequired: !Self.mayBeMissing(member.value))
                    }))
        case .array:
            // One element may stand for many: `"{result.items[]}"`.
            return .array(.oneOf(template.elements.map { self.element($0) }))
        case .string: return self.text(template.string ?? "")
        default: return SchemaReader.literal(template)
        }
    }

    private func element(_ node: JSONNode) -> TypeModel {
        guard let text = node.string, let path = PlaceScanner.only(text), path.hasSuffix("[]") else {
            return self.type(of: node)
        }
        if case .array(let element) = self.reader.resolved(self.place(String(path.dropLast(2)))) { return element }
        return .anything
    }

    /// `"{error.channel?}"`: without a value there the key is left out.
    private static func mayBeMissing(_ node: JSONNode) -> Bool {
        guard let text = node.string, PlaceScanner.only(text) != nil else { return false }
        return text.hasSuffix("?}")
    }

    private func text(_ text: String) -> TypeModel {
        guard let path = PlaceScanner.only(text) else {
            let parts = PlaceScanner.parts(of: text)
            if parts.isEmpty { return .literal(.string("")) }
            guard parts.count == 1, case .literal(let literal) = parts[0] else { return .string }
            return .literal(.string(literal))
        }
        var type = self.place(path)
        if Self.uncertain.contains(path), !text.hasSuffix("?}") { type = .oneOf([type, .null]) }
        guard let bar = text.firstIndex(of: "|"), type != .anything else { return type }
        return .oneOf([type, Self.fallback(text[bar...].dropFirst().dropLast())])
    }

    /// A default is read as YAML reads a plain text.
    private static func fallback(_ text: Substring) -> TypeModel {
        guard let value = try? JSONDocument(parsing: String(text)).root else { return .literal(.string(String(text))) }
        return value.kind == .object && value.count == 0 ? .map(.anything) : SchemaReader.literal(value)
    }

    /// What stands at a path, as far as the contract's language says it.
    private func place(_ path: String) -> TypeModel {
        let keys = path.split(separator: ".").map(String.init)
        if path == "result.publications" || path == "result.items" { return .array(self.item) }
        if keys.first == "args" { return self.member(keys.dropFirst(), of: self.arguments) }
        return Self.known[path] ?? .anything
    }

    private func member(_ keys: ArraySlice<String>, of type: TypeModel) -> TypeModel {
        guard let first = keys.first else { return type }
        switch self.reader.resolved(type) {
        case .object(let object):
            guard let member = object[first] else { return object.further ?? .anything }
            let rest = self.member(keys.dropFirst(), of: member.type)
            // A place without a value becomes null.
            return member.isRequired || rest == .anything ? rest : .oneOf([rest, .null])
        case .map(let values): return self.member(keys.dropFirst(), of: values)
        default: return .anything
        }
    }

    /// Places that have a value only sometimes.
    private static let uncertain: Set<String> = [
        "error.retryAfter", "error.reason", "error.channel", "error.pointer", "command.name",
    ]

    private static let known: [String: TypeModel] = [
        "now": .string, "channel.name": .string, "publication.event": .string, "publication.id": .string,
        "publication.time": .string, "result.id": .string, "result.time": .string, "result.channels": .array(.string),
        "result.receivers": .integer, "result.complete": .boolean, "result.count": .integer, "connection.id": .string,
        "connection.connectedAt": .string, "presence.user": .string, "error.code": .string, "error.message": .string,
        "error.status": .integer, "error.retryAfter": .integer, "error.reason": .string, "error.channel": .string,
        "error.pointer": .string, "resume.token": .string, "resume.expiresAt": .string, "lost.count": .integer,
        "command.name": .string, "result.accessToken": .string, "result.refreshToken": .string,
        "presence.status": .union([.literal(.string("online")), .literal(.string("offline"))]),
        "result.connections": .integer, "result.expiresIn": .integer, "result.uptime": .integer,
    ]
}
