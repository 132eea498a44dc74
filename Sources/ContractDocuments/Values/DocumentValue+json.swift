// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension DocumentValue {
    /// JSON for people: two spaces, and what fits a line on one line.
    ///
    /// - Parameter width: how long a line of several values may be; 0: every member has its own line.
    func json(width: Int = 76) -> String {
        var text = ""
        self.append(to: &text, indent: 0, width: width)
        return text
    }

    /// On one line, without spaces.
    var compactJSON: String {
        var writer = JSONWriter()
        self.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let text): writer.raw(Array(text.utf8))
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let object):
            writer.beginObject()
            for member in object.members {
                writer.key(member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }

    /// With spaces, on one line.
    private var line: String {
        switch self {
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .object(let object) where object.isEmpty: "{}"
        case .object(let object):
            "{ " + object.members.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ", ") + " }"
        default: self.compactJSON
        }
    }

    private func append(to text: inout String, indent: Int, width: Int) {
        let isNested = self.members.contains { $0.value.isContainer } || self.elements.contains { $0.isContainer }
        if !self.isContainer || (self.members.isEmpty && self.elements.isEmpty) {
            text += self.line
            return
        }
        if indent > 0, !isNested || !self.isObject, width > 0 {
            let line = self.line
            if indent + line.count <= width {
                text += line
                return
            }
        }
        let space = String(repeating: " ", count: indent + 2)
        text += self.isObject ? "{\n" : "[\n"
        if case .object(let object) = self {
            for (index, member) in object.members.enumerated() {
                text += space + Self.quoted(member.key) + ": "
                member.value.append(to: &text, indent: indent + 2, width: width)
                text += index + 1 < object.members.count ? ",\n" : "\n"
            }
        } else {
            let elements = self.elements
            for (index, element) in elements.enumerated() {
                text += space
                element.append(to: &text, indent: indent + 2, width: width)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
        }
        text += String(repeating: " ", count: indent) + (self.isObject ? "}" : "]")
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    static func quoted(_ text: String) -> String { DocumentValue.string(text).compactJSON }
}
