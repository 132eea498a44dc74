// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Any bytes are refused, or are a document of which every value can be read, compared and written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = UnsafeRawBufferPointer(start: bytes, count: count)
    guard let document = try? JSONDocument(parsing: text, maximumDepth: JSONDocument.deepestNesting) else { return 0 }

    var writer = JSONWriter(capacity: count)
    write(document.root, with: &writer)
    guard let written = try? JSONDocument(parsing: writer.bytes, maximumDepth: JSONDocument.deepestNesting) else {
        preconditionFailure("what was written from a document is none")
    }
    // Writing decodes: it puts U+FFFD for lone surrogates and rounds numbers. So it is written twice to be compared.
    var again = JSONWriter(capacity: count)
    write(written.root, with: &again)
    precondition(writer.bytes == again.bytes, "writing a document twice gives two texts")

    // Comparing sorts the members, again in each object of an object.
    if count < 1_024 {
        precondition(document.root.isSameValue(as: document.root), "a value is not itself")
        precondition(written.root.isSameValue(as: written.root), "a written value is not itself")
    }
    return 0
}

/// Reads a value in every way that it can be read and writes it. Recurses once a level of the document.
private func write(_ node: JSONNode, with writer: inout JSONWriter) {
    precondition(node.rawRange.upperBound <= node.document.bytes.count)
    switch node.kind {
    case .null: writer.null()
    case .bool: writer.bool(node.bool ?? false)
    case .number:
        _ = node.int
        if let double = node.double { writer.double(double) } else { writer.null() }
    case .string: writer.string(node.string ?? "")
    case .array:
        writer.beginArray()
        for element in node.elements { write(element, with: &writer) }
        writer.endArray()
    case .object:
        writer.beginObject()
        for member in node.members {
            writer.key(member.name)
            write(member.value, with: &writer)
        }
        writer.endObject()
    }
}
