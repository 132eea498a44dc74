// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads `Decodable` types from a `SocketValue`.
struct ValueDecoder: Decoder {
    let value: SocketValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = self.value.object else { throw self.mismatch(type, "an object") }
        return KeyedDecodingContainer(
            Keyed(
                members: Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
                names: members.map(\.key), codingPath: self.codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let values = self.value.array else { throw self.mismatch([SocketValue].self, "an array") }
        return Unkeyed(values: values, codingPath: self.codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    /// Reads what JSON has a form for, and asks every other type to decode itself.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let found: Any?
        switch type {
        case is SocketValue.Type: found = self.value
        case is Bool.Type: found = self.value.bool
        case is String.Type: found = self.value.string
        case is Double.Type: found = self.value.double
        case is Float.Type: found = self.value.double.map { Float($0) }
        case let integer as any FixedWidthInteger.Type: found = Self.integer(self.value, as: integer)
        case is [UInt8].Type where self.value.kind == .binary: found = self.value.bytes
        default: return try Value(from: self)
        }
        guard let value = found as? Value else { throw self.mismatch(type, "a value of its kind, in its range") }
        return value
    }

    private static func integer<Integer: FixedWidthInteger>(_ value: SocketValue, as type: Integer.Type) -> Any? {
        value.int.flatMap { Integer(exactly: $0) }
    }

    private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        self.value.isNull
            ? .valueNotFound(type, .init(codingPath: self.codingPath, debugDescription: "expected \(expected)"))
            : .typeMismatch(type, .init(codingPath: self.codingPath, debugDescription: "expected \(expected)"))
    }

    // MARK: Containers

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: SocketValue]
        let names: [String]
        let codingPath: [any CodingKey]

        var allKeys: [Key] { self.names.compactMap { Key(stringValue: $0) } }

        private func decoder(_ key: some CodingKey) throws -> ValueDecoder {
            guard let value = self.members[key.stringValue] else {
                throw DecodingError.keyNotFound(
                    key, .init(codingPath: self.codingPath, debugDescription: "no member \(key.stringValue)"))
            }
            return ValueDecoder(value: value, codingPath: self.codingPath + [key])
        }

        func contains(_ key: Key) -> Bool { self.members[key.stringValue] != nil }

        func decodeNil(forKey key: Key) throws -> Bool { try self.decoder(key).value.isNull }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try self.decoder(key).decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { try self.decoder(key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try self.decoder(key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { try self.decoder(ValueKey(stringValue: "super")) }

        func superDecoder(forKey key: Key) throws -> any Decoder { try self.decoder(key) }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let values: [SocketValue]
        let codingPath: [any CodingKey]
        private(set) var currentIndex = 0

        init(values: [SocketValue], codingPath: [any CodingKey]) {
            self.values = values
            self.codingPath = codingPath
        }

        var count: Int? { self.values.count }
        var isAtEnd: Bool { self.currentIndex >= self.values.count }

        private mutating func next() throws -> ValueDecoder {
            let path = self.codingPath + [ValueKey(intValue: self.currentIndex)]
            guard !self.isAtEnd else {
                throw DecodingError.valueNotFound(
                    SocketValue.self, .init(codingPath: path, debugDescription: "the array ends before"))
            }
            self.currentIndex += 1
            return ValueDecoder(value: self.values[self.currentIndex - 1], codingPath: path)
        }

        mutating func decodeNil() throws -> Bool {
            guard !self.isAtEnd, self.values[self.currentIndex].isNull else { return false }
            self.currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try self.next().decode(type)
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> { try self.next().container(keyedBy: type) }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try self.next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try self.next() }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: ValueDecoder

        var codingPath: [any CodingKey] { self.decoder.codingPath }

        func decodeNil() -> Bool { self.decoder.value.isNull }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try self.decoder.decode(type) }
    }
}
