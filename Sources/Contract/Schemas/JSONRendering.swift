// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// A part of a contract as JSON text, with the place in the file that each value comes from.
struct JSONRendering {
    private(set) var writer = JSONWriter()
    private(set) var locations: [JSONPointer: SourceLocation] = [:]
    /// Changes what stands under `$ref`, wherever a schema may stand.
    var rewriteReference: ((String) -> String)?

    /// Keywords whose values are data, so that a `$ref` within is no reference.
    private static let dataKeywords: Set<String> = ["const", "enum", "default", "example", "examples"]

    mutating func append(_ node: DocumentNode, at pointer: JSONPointer, isSchema: Bool = false) {
        self.locations[pointer] = node.location
        switch node.value {
        case .null, .faulty: self.writer.null()
        case .bool(let value): self.writer.bool(value)
        case .number(let text): self.writer.raw(Array(text.utf8))
        case .text(let text): self.writer.string(text)
        case .list(let elements):
            self.writer.beginArray()
            for (index, element) in elements.enumerated() {
                self.append(element, at: pointer.appending(index: index), isSchema: isSchema)
            }
            self.writer.endArray()
        case .map(let entries):
            self.writer.beginObject()
            for entry in entries { self.append(entry, at: pointer.appending(key: entry.key), isSchema: isSchema) }
            self.writer.endObject()
        }
    }

    /// One member of an object that the caller has begun.
    mutating func append(_ entry: DocumentNode.Entry, at pointer: JSONPointer, isSchema: Bool = false) {
        self.writer.key(entry.key)
        if isSchema, entry.key == "$ref", case .text(let reference) = entry.value.value, let rewriteReference {
            self.locations[pointer] = entry.value.location
            self.writer.string(rewriteReference(reference))
        } else {
            self.append(entry.value, at: pointer, isSchema: isSchema && !Self.dataKeywords.contains(entry.key))
        }
    }

    mutating func beginObject() { self.writer.beginObject() }
    mutating func endObject() { self.writer.endObject() }
    mutating func key(_ name: String) { self.writer.key(name) }

    /// A member that accepts everything, without a place.
    mutating func appendPlaceholder(_ name: String) {
        self.writer.key(name)
        self.writer.bool(true)
    }

    /// The place of the value at a pointer, or of the nearest value around it.
    func location(of pointer: JSONPointer) -> SourceLocation? {
        var tokens = pointer.tokens
        while true {
            if let location = self.locations[JSONPointer(tokens)] { return location }
            guard tokens.popLast() != nil else { return nil }
        }
    }

    /// The text parsed again. Nothing that was rendered here can fail to parse; `nil` stands for what would be our own bug.
    var document: JSONDocument? { try? JSONDocument(parsing: self.writer.bytes, maximumDepth: 128) }
}
