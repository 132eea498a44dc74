// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// Arguments as a packet carries them: a JSON array, and the buffers that its placeholders stand for.
struct EncodedArguments: Sendable {
    /// The array, compact.
    private(set) var bytes: [UInt8]
    private(set) var attachments: [ByteBuffer] = []

    /// - Parameters:
    ///   - name: the event's name, which comes first; nil for an answer.
    ///   - offset: a text behind the last argument.
    init(name: String? = nil, _ arguments: [SocketValue], offset: String? = nil) {
        var writer = JSONWriter()
        var attachments: [ByteBuffer] = []
        writer.beginArray()
        if let name { writer.string(name) }
        for argument in arguments { argument.append(to: &writer, &attachments) }
        if let offset { writer.string(offset) }
        writer.endArray()
        self.bytes = writer.bytes
        self.attachments = attachments
    }

    /// The array read again; nil where it is nested too deep.
    var parsed: JSONNode? { try? JSONDocument(parsing: self.bytes, maximumDepth: JSONDocument.deepestNesting).root }
}

extension SocketValue {
    /// Recursion is as deep as the program's own value.
    func append(to writer: inout JSONWriter, _ attachments: inout [ByteBuffer]) {
        switch self.storage {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .int(let value): writer.int(value)
        case .double(let value): writer.double(value)
        case .string(let value): writer.string(value)
        case .json(let node): writer.raw(node)
        case .array(let values):
            writer.beginArray()
            for value in values { value.append(to: &writer, &attachments) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.name)
                member.value.append(to: &writer, &attachments)
            }
            writer.endObject()
        case .binary(let buffer):
            writer.beginObject()
            writer.key("_placeholder")
            writer.bool(true)
            writer.key("num")
            writer.int(attachments.count)
            writer.endObject()
            attachments.append(buffer)
        }
    }
}
