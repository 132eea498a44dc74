// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Builds a `SocketValue` from `Encodable` types.
struct ValueEncoder: Encoder {
    /// The place of one value, filled in while containers are alive.
    final class Slot {
        enum Content {
            case value(SocketValue)
            /// What `elements` holds.
            case array
            /// What `members` holds.
            case object
        }

        var content = Content.value(.null)
        private(set) var elements: [Slot] = []
        private var members: [(name: String, slot: Slot)] = []

        var value: SocketValue {
            switch self.content {
            case .value(let value): value
            case .array: SocketValue(self.elements.map(\.value))
            case .object: SocketValue(members: self.members.map { (key: $0.name, value: $0.slot.value) })
            }
        }

        func member(_ name: String) -> Slot {
            let slot = Slot()
            self.members.append((name, slot))
            return slot
        }

        func element() -> Slot {
            let slot = Slot()
            self.elements.append(slot)
            return slot
        }
    }

    let slot: Slot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        self.slot.content = .object
        return KeyedEncodingContainer(Keyed(slot: self.slot, codingPath: self.codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        self.slot.content = .array
        return Unkeyed(slot: self.slot, codingPath: self.codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(slot: self.slot, codingPath: self.codingPath)
    }

    /// Writes what JSON has a form for, and asks everything else to encode itself.
    func encode(_ value: some Encodable) throws {
        switch value {
        case let value as SocketValue: self.slot.content = .value(value)
        case let value as Bool: self.slot.content = .value(SocketValue(value))
        case let value as String: self.slot.content = .value(SocketValue(value))
        case let value as Double: self.slot.content = .value(SocketValue(value))
        case let value as Float: self.slot.content = .value(SocketValue(Double("\(value)") ?? Double(value)))
        case let value as any BinaryInteger:
            self.slot.content = .value(Int(exactly: value).map { SocketValue($0) } ?? SocketValue(Double(value)))
        default: try value.encode(to: self)
        }
    }

    // MARK: Containers

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let slot: Slot
        let codingPath: [any CodingKey]

        private func encoder(_ key: some CodingKey) -> ValueEncoder {
            ValueEncoder(slot: self.slot.member(key.stringValue), codingPath: self.codingPath + [key])
        }

        func encodeNil(forKey key: Key) { _ = self.slot.member(key.stringValue) }

        func encode(_ value: some Encodable, forKey key: Key) throws { try self.encoder(key).encode(value) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { self.encoder(key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            self.encoder(key).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { self.encoder(ValueKey(stringValue: "super")) }

        func superEncoder(forKey key: Key) -> any Encoder { self.encoder(key) }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]

        var count: Int { self.slot.elements.count }

        private func encoder() -> ValueEncoder {
            let key = ValueKey(intValue: self.count)
            return ValueEncoder(slot: self.slot.element(), codingPath: self.codingPath + [key])
        }

        func encodeNil() { _ = self.slot.element() }

        func encode(_ value: some Encodable) throws { try self.encoder().encode(value) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            self.encoder().container(keyedBy: type)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self.encoder().unkeyedContainer() }

        func superEncoder() -> any Encoder { self.encoder() }
    }

    private struct Single: SingleValueEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]

        func encodeNil() { self.slot.content = .value(.null) }

        func encode(_ value: some Encodable) throws {
            try ValueEncoder(slot: self.slot, codingPath: self.codingPath).encode(value)
        }
    }
}
