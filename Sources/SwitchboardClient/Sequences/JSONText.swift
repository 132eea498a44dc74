// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A JSON value as the server wrote it.
public struct JSONText: Sendable, Equatable {
    /// The value as it stood in the frame.
    public let text: String

    init(_ bytes: ArraySlice<UInt8>) { self.text = String(decoding: bytes, as: UTF8.self) }

    /// Reads it as a type. Throws what a decoder throws.
    public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try PayloadCoding.decode(type, from: Array(self.text.utf8)[...])
    }
}
