// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A parsed JSON text: its bytes unchanged, and a tape that says where each value stands.
///
/// Values keep their raw form, so what is only passed on is never decoded or encoded again. Immutable.
/// Errors: ``JSONParseError`` for anything but exactly one value, in UTF-8, by the grammar of RFC 8259;
/// whitespace around it is allowed, a byte order mark is not.
/// Limits: nesting of `maximumDepth` arrays and objects, itself at most
/// ``JSONDocument/deepestNesting``; texts of 256 MiB less one byte.
package final class JSONDocument: Sendable {
    /// The most nesting any caller can allow: what walks a document may recurse once a level.
    package static let deepestNesting = 512

    /// The text as it was given.
    package let bytes: [UInt8]
    let tape: [TapeEntry]

    package init(parsing bytes: [UInt8], maximumDepth: Int = 64) throws(JSONParseError) {
        self.tape = try bytes.withUnsafeBufferPointer { (text) throws(JSONParseError) in
            try Self.entries(of: text, maximumDepth: maximumDepth)
        }
        self.bytes = bytes
    }

    /// Parses a copy of the bytes.
    package init(parsing text: UnsafeRawBufferPointer, maximumDepth: Int = 64) throws(JSONParseError) {
        let bytes = [UInt8](text)
        self.tape = try bytes.withUnsafeBufferPointer { (text) throws(JSONParseError) in
            try Self.entries(of: text, maximumDepth: maximumDepth)
        }
        self.bytes = bytes
    }

    /// Parses a copy of the bytes.
    package convenience init(parsing bytes: ArraySlice<UInt8>, maximumDepth: Int = 64) throws(JSONParseError) {
        try self.init(parsing: [UInt8](bytes), maximumDepth: maximumDepth)
    }

    /// Parses a string's UTF-8.
    package convenience init(parsing text: String, maximumDepth: Int = 64) throws(JSONParseError) {
        try self.init(parsing: [UInt8](text.utf8), maximumDepth: maximumDepth)
    }

    /// The whole text's value.
    package var root: JSONNode { JSONNode(document: self, index: 0) }

    /// Runs `body` with the document by address. Nothing of the tape may outlive the call.
    package func withTape<Result, Failure: Error>(
        _ body: (JSONTape) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try self.tape.withUnsafeBufferPointer { (entries) throws(Failure) in
                try body(JSONTape(bytes: bytes, entries: entries))
            }
        }
    }

    private static func entries(
        of text: UnsafeBufferPointer<UInt8>, maximumDepth: Int
    ) throws(JSONParseError) -> [TapeEntry] {
        var parser = TapeParser(text: text, maximumDepth: min(maximumDepth, Self.deepestNesting))
        try parser.parse()
        return parser.tape
    }
}
