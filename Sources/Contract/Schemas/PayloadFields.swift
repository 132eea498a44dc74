// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// What a contract says about the fields of an event's payload, a message or a request's body, asked by every template
/// that names one.
struct PayloadFields {
    enum Knowledge {
        /// The event has no `data:`, so its payload may be anything.
        case nothing
        /// The schema has faults; nothing more is said about it.
        case faulty
        case schema(CompiledSchema, node: DocumentNode)

        var schema: CompiledSchema? { if case .schema(let schema, _) = self { schema } else { nil } }
    }

    /// Names what has the fields in messages: an event's name, or such as "the body of POST /broadcast".
    var event: String
    /// What stands before a field in a template: nothing, or such as `body`.
    var root: String?
    /// A field that there always is, whatever the schema says.
    var certain: String?
    var knowledge: Knowledge
    var library: SchemaLibrary

    /// Refuses a path that payloads cannot have or whose name is not declared.
    func check(_ keys: [String]) throws(PlaceText.Failure) {
        guard case .schema(let schema, let node) = self.knowledge, !keys.isEmpty, keys != [self.certain] else { return }
        switch schema.property(keys) {
        case .required, .optional: return
        case .unknown, .impossible: throw self.unknown(keys, node)
        }
    }

    /// Refuses what cannot become part of a name: a field that may be missing, without `?`, or that is no string or number.
    func checkName(_ place: PlaceText.Place) throws(PlaceText.Failure) {
        switch self.knowledge {
        case .faulty: return
        case .nothing:
            guard !place.isOptional else { return }
            throw PlaceText.Failure(
                message: "nothing says that payloads of \(self.event) have \"\(place.path)\"",
                hint: "describe the payload under data:, or write {\(place.path)?} to do without")
        case .schema(let schema, let node):
            switch schema.property(place.keys) {
            case .required(let types): try self.checkTypes(types, place)
            case .optional(let types):
                try self.checkTypes(types, place)
                guard !place.isOptional else { return }
                throw PlaceText.Failure(
                    message: "\"\(place.path)\" may be missing in payloads of \(self.event)",
                    hint: "list it under required in the schema, or write {\(place.path)?} to do without")
            case .unknown, .impossible: throw self.unknown(place.keys, node)
            }
        }
    }

    private func checkTypes(_ types: SchemaTypes, _ place: PlaceText.Place) throws(PlaceText.Failure) {
        guard !types.isSubset(of: [.string, .number, .integer]) else { return }
        throw PlaceText.Failure(
            message: "\"\(place.path)\" in payloads of \(self.event) must be a string or a number to be part of a name",
            hint: "give it type: string in the schema")
    }

    private func unknown(_ keys: [String], _ node: DocumentNode) -> PlaceText.Failure {
        let known = self.library.propertyNames(of: node, at: keys.dropLast()[...])
        let path = keys.joined(separator: ".")
        let nearest = Spelling.nearest(to: keys.last ?? "", among: known)
        return PlaceText.Failure(
            message: "the schema of \(self.event) has no field \"\(path)\"",
            hint: nearest.map {
                "did you mean {\(([self.root].compactMap(\.self) + keys.dropLast() + [$0]).joined(separator: "."))}?"
            }
                ?? (known.isEmpty ? "declare it under properties" : "it has \(known.joined(separator: ", "))"))
    }
}
