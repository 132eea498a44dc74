// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension SocketValue {
    /// What it is.
    public var kind: Kind {
        switch self.storage {
        case .null: .null
        case .bool: .bool
        case .int, .double: .number
        case .string: .string
        case .array: .array
        case .object: .object
        case .binary: .binary
        case .json(let node):
            switch node.kind {
            case .null: .null
            case .bool: .bool
            case .number: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
        }
    }

    /// Whether it is `null`, which is also what is read where there is nothing.
    public var isNull: Bool { self.kind == .null }

    /// The truth value; nil for other kinds.
    public var bool: Bool? {
        switch self.storage {
        case .bool(let value): value
        case .json(let node): node.bool
        default: nil
        }
    }

    /// The number when it is whole and fits; also for `1.0`.
    public var int: Int? {
        switch self.storage {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        case .json(let node): node.int
        default: nil
        }
    }

    /// The number.
    public var double: Double? {
        switch self.storage {
        case .int(let value): Double(value)
        case .double(let value): value
        case .json(let node): node.double
        default: nil
        }
    }

    /// The text. A lone surrogate, which JavaScript can send and Swift cannot hold, is read as U+FFFD; passing the value on keeps it.
    public var string: String? {
        switch self.storage {
        case .string(let value): value
        case .json(let node): node.string
        default: nil
        }
    }

    /// The bytes.
    public var bytes: [UInt8]? {
        guard case .binary(let buffer) = self.storage else { return nil }
        return Array(buffer.readableBytesView)
    }

    /// The elements; nil for what is no array.
    public var array: [SocketValue]? {
        switch self.storage {
        case .array(let values): values
        case .json(let node) where node.kind == .array: node.elements.map { SocketValue(.json($0)) }
        default: nil
        }
    }

    /// The members in order; nil for what is no object.
    public var object: [(key: String, value: SocketValue)]? { self.members?.map { (key: $0.name, value: $0.value) } }

    /// A member of an object; `null` where there is none.
    public subscript(_ name: String) -> SocketValue {
        if case .json(let node) = self.storage { return node[name].map { SocketValue(.json($0)) } ?? .null }
        return self.members?.first { $0.name == name }?.value ?? .null
    }

    /// An element of an array; `null` outside it.
    public subscript(_ position: Int) -> SocketValue {
        switch self.storage {
        case .json(let node): return node[position].map { SocketValue(.json($0)) } ?? .null
        case .array(let values): return values.indices.contains(position) ? values[position] : .null
        default: return .null
        }
    }

    var members: [Member]? {
        switch self.storage {
        case .object(let members):
            members
        case .json(let node) where node.kind == .object:
            Self.unique(node.members.map { Member(name: $0.name, value: SocketValue(.json($0.value))) })
        default:
            nil
        }
    }

    /// The elements of an array of a packet, with attachments in the places of their placeholders.
    ///
    /// - Parameter first: how many elements to leave out.
    static func arguments(_ node: JSONNode, _ attachments: [ByteBuffer], droppingFirst first: Int) -> [SocketValue] {
        guard !attachments.isEmpty else { return node.elements.dropFirst(first).map { SocketValue(.json($0)) } }
        return node.elements.dropFirst(first).map { Self.value(of: $0, attachments) }
    }

    /// Recursion ends where the packet's nesting does, which the decoder limits.
    private static func value(of node: JSONNode, _ attachments: [ByteBuffer]) -> SocketValue {
        if let number = Placeholders.number(of: node) {
            return attachments.indices.contains(number) ? SocketValue(.binary(attachments[number])) : .null
        }
        switch node.kind {
        case .array:
            return SocketValue(.array(node.elements.map { Self.value(of: $0, attachments) }))
        case .object:
            let members = node.members.map { Member(name: $0.name, value: Self.value(of: $0.value, attachments)) }
            return SocketValue(.object(Self.unique(members)))
        default:
            return SocketValue(.json(node))
        }
    }
}
