// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Text with places that are filled from a payload or from a channel's name: how an event names its channels.
package struct NameTemplate: Sendable, CustomStringConvertible {
    package enum Part: Sendable {
        case literal(String)
        /// A field of the payload, by the keys that lead to it.
        case field([String])
        /// A parameter of the channel's own pattern, by its place among the parameters.
        case parameter(String, index: Int)
        /// The member that a `membersOf` route is at.
        case member
    }

    package enum Failure: Error, Sendable {
        /// The payload has no such field, or it is not a non-empty string or a number.
        case field([String])
    }

    package var parts: [Part]
    /// A missing field makes the name, and what depends on it, disappear instead of failing.
    package var isOptional: Bool

    package init(parts: [Part], isOptional: Bool = false) {
        self.parts = parts
        self.isOptional = isOptional
    }

    /// Without places, the same for every payload.
    var isLiteral: Bool {
        self.parts.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    package var description: String {
        self.parts.map { part in
            switch part {
            case .literal(let text): text
            case .field(let keys): "{\(keys.joined(separator: "."))\(self.isOptional ? "?" : "")}"
            case .parameter(let name, _): "{\(name)}"
            case .member: "{member}"
            }
        }.joined()
    }

    /// The text with every place filled.
    ///
    /// - Returns: `nil` only when the template is optional and a field is missing.
    package func text(
        payload: JSONNode? = nil,
        parameters: [Substring] = [],
        member: UserID? = nil
    ) throws(Failure) -> String? {
        var text = ""
        for part in self.parts {
            switch part {
            case .literal(let literal): text += literal
            case .member: text += member?.rawValue ?? ""
            case .parameter(_, let index): text += index < parameters.count ? String(parameters[index]) : ""
            case .field(let keys):
                guard let value = Self.value(at: keys, in: payload) else {
                    if self.isOptional { return nil }
                    throw .field(keys)
                }
                text += value
            }
        }
        return text
    }

    private static func value(at keys: [String], in payload: JSONNode?) -> String? {
        var node = payload
        for key in keys { node = node?[key] }
        guard let node else { return nil }
        switch node.kind {
        case .string:
            guard let text = node.string, !text.isEmpty else { return nil }
            return text
        case .number: return String(decoding: node.rawBytes, as: UTF8.self)
        default: return nil
        }
    }
}
