// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Gives a name to every object, and to the choices that need one, and keeps what is declared under it.
///
/// Used by one task while one file is generated.
final class DeclarationTable {
    /// What becomes of a choice between types.
    enum ChoiceStyle {
        /// It is written where it stands, unless that would make a line too long.
        case written
        /// It has a declaration of its own, unless it is one type or null.
        case named
    }

    private let reader: SchemaReader
    private let schemas: [(name: String, node: JSONNode)]
    private let style: ChoiceStyle
    private var names: NameTable
    private var nameOfKey: [String: String] = [:]
    /// By the names that were wished for: two objects alike under one name are one.
    private var shared: [String: (object: ObjectModel, name: String)] = [:]
    private var choices: [String: (type: TypeModel, name: String)] = [:]
    /// In the order in which they were met.
    private(set) var declarations: [CodeModel.Declaration] = []

    /// - Parameters:
    ///   - schemas: those that the contract names.
    ///   - reserved: names that declarations may not have.
    init(
        reader: SchemaReader, schemas: [(name: String, node: JSONNode)], choices style: ChoiceStyle,
        reserved: Set<String>
    ) {
        self.reader = reader
        self.schemas = schemas
        self.style = style
        self.names = NameTable(reserved: reserved)
    }

    /// A name that nothing else gets.
    func take(_ name: String, suffix: String) -> String { self.names.take(name, suffix: suffix) }

    /// Declares every schema that the contract names.
    func declareSchemas() {
        for (name, _) in self.schemas { _ = self.lower(.named("#/schemas/\(name)"), as: name) }
    }

    /// The type with every object in it declared, and every reference by its name.
    ///
    /// - Parameter name: what an object is called that has no name yet.
    func lower(_ type: TypeModel, as name: String) -> TypeModel {
        switch type {
        case .named(let key): return .named(self.declaration(of: key, else: name))
        case .object(let object):
            // Two alike under one name are one.
            let plain = Identifier.isPlain(name) ? name : Identifier.pascal(name)
            if let shared = self.shared[plain], shared.object == object { return .named(shared.name) }
            let taken = self.names.take(plain)
            self.shared[plain] = (object, taken)
            self.declare(taken, type, notes: [], event: nil)
            return .named(taken)
        case .array(let element): return .array(self.lower(element, as: name + "Item"))
        case .tuple(let elements, let required, let rest):
            return .tuple(
                elements.enumerated().map { self.lower($1, as: "\(name)Item\($0 + 1)") }, required: required,
                rest: rest.map { self.lower($0, as: name + "Rest") })
        case .map(let values): return .map(self.lower(values, as: name + "Item"))
        case .union(let members) where self.style == .named && members.contains(where: Self.isText):
            return self.texts(members, as: name)
        case .union(let members):
            let objects = members.count { if case .object = $0 { true } else { false } }
            let lowered = TypeModel.oneOf(
                members.enumerated().map { self.lower($1, as: objects > 1 ? "\(name)Option\($0 + 1)" : name) })
            guard self.needsName(lowered) else { return lowered }
            return self.choice(lowered, as: Identifier.isPlain(name) ? name : Identifier.pascal(name))
        case .literal(.string) where self.style == .named:
            return self.choice(type, as: Identifier.isPlain(name) ? name : Identifier.pascal(name))
        default: return type
        }
    }

    /// A choice that would make its line too long, or that the language has no other way to write.
    private func needsName(_ type: TypeModel) -> Bool {
        guard case .union(let members) = type else { return false }
        switch self.style {
        case .written:
            let length = members.reduce(0) { sum, member in
                if case .literal(.string(let text)) = member { sum + text.count + 5 } else { sum + 10 }
            }
            return length > 64
        case .named: return !(members.count == 2 && members.contains(.null))
        }
    }

    private static func isText(_ type: TypeModel) -> Bool { if case .literal(.string) = type { true } else { false } }

    /// A choice that has given texts in it: they are one kind, of which nothing else may stand there, or texts among other things.
    private func texts(_ members: [TypeModel], as name: String) -> TypeModel {
        let others = members.filter { !Self.isText($0) && $0 != .null }
        guard others.isEmpty else {
            return self.lower(.oneOf(members.map { Self.isText($0) ? .string : $0 }), as: name)
        }
        let plain = Identifier.isPlain(name) ? name : Identifier.pascal(name)
        let choice = self.choice(.oneOf(members.filter(Self.isText)), as: plain)
        return members.contains(.null) ? .oneOf([choice, .null]) : choice
    }

    /// Declares a choice of types that have their names.
    func choice(_ type: TypeModel, as name: String) -> TypeModel {
        if let known = self.choices[name], known.type == type { return .named(known.name) }
        let taken = self.names.take(name)
        self.choices[name] = (type, taken)
        self.declarations.append(CodeModel.Declaration(name: taken, notes: [], type: type))
        return .named(taken)
    }

    private func declaration(of key: String, else name: String) -> String {
        if let name = self.nameOfKey[key] { return name }
        let words = key.hasPrefix("#/schemas/") ? String(key.dropFirst(10)) : name
        let taken = self.names.take(
            Identifier.isPlain(words) && words.first != "_" ? words : Identifier.pascal(words))
        self.nameOfKey[key] = taken
        let notes = self.schemas.first { "#/schemas/\($0.name)" == key }.map { SchemaNotes.notes(of: $0.node) }
        self.declare(taken, self.reader.resolve(key), notes: notes ?? [], event: nil)
        return taken
    }

    /// Declares under a name that is taken; what it consists of comes behind it.
    func declare(_ name: String, _ type: TypeModel, notes: [String], event: String?) {
        let index = self.declarations.count
        self.declarations.append(CodeModel.Declaration(name: name, notes: notes, type: .anything, event: event))
        if case .object(var object) = type {
            for index in object.members.indices {
                let member = object.members[index]
                object.members[index].type = self.lower(member.type, as: name + Identifier.pascal(member.name))
            }
            object.further = object.further.map { self.lower($0, as: name + "Item") }
            self.declarations[index].type = .object(object)
        } else {
            // A choice has the declaration's own name.
            if case .union(let members) = type, self.style == .named, members.allSatisfy(Self.isText) {
                self.declarations[index].type = type
            } else if case .literal(.string) = type {
                self.declarations[index].type = type
            } else if case .union(let members) = type, self.style == .written || !members.contains(where: Self.isText) {
                self.declarations[index].type = .oneOf(
                    members.enumerated().map { self.lower($1, as: "\(name)Option\($0 + 1)") })
            } else {
                self.declarations[index].type = self.lower(type, as: name + "Content")
            }
        }
    }
}
