// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SocketValue {
    /// Encodes a value of the program's own types. Members stand in the order in which the type encodes them.
    ///
    /// Throws what the value's `encode(to:)` throws. An array of `UInt8` becomes numbers; bytes are `SocketValue(bytes:)`, which a type may have
    /// as a member.
    public init(encoding value: some Encodable) throws {
        let slot = ValueEncoder.Slot()
        try ValueEncoder(slot: slot, codingPath: []).encode(value)
        self = slot.value
    }

    /// Decodes a value of the program's own types.
    ///
    /// Throws `DecodingError`. Bytes can be decoded as `[UInt8]`, and anything as `SocketValue`.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try ValueDecoder(value: self, codingPath: []).decode(type)
    }
}

extension SocketValue: Codable {
    /// Takes the value as it is from `SocketValue.decode(_:)`. Other decoders cannot tell what a value is, so they are refused.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? ValueDecoder else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "only SocketValue.decode can make a SocketValue"))
        }
        self = decoder.value
    }

    /// Writes the value; for encoders other than this library's as null, truth values, numbers, texts, arrays and objects, bytes as an array
    /// of numbers.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? ValueEncoder {
            encoder.slot.content = .value(self)
            return
        }
        var container = encoder.singleValueContainer()
        switch self.kind {
        case .null: try container.encodeNil()
        case .bool: try container.encode(self.bool)
        case .number: if let int = self.int { try container.encode(int) } else { try container.encode(self.double) }
        case .string: try container.encode(self.string)
        case .array: try container.encode(self.array)
        case .binary: try container.encode(self.bytes)
        case .object:
            try container.encode(
                Dictionary((self.object ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
        }
    }
}

/// A name or a place inside a value, for the paths of coding errors.
struct ValueKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        self.intValue = nil
    }

    init(intValue: Int) {
        self.stringValue = "\(intValue)"
        self.intValue = intValue
    }
}
