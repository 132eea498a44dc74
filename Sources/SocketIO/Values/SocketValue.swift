// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// One argument of an event or of its answer: a JSON value, or bytes, or either inside arrays and objects.
///
/// Written as literals (`["title": "News", "tags": [1, 2]]`, in which an object's members keep their order), made from `Encodable` values,
/// and read with members that give nil for a value of another kind:
///
///     socket.on("post") { event in
///         guard let title = event[0]["title"].string else { return }
///         …
///     }
///
/// What a client sent keeps its form until it is looked into: passing it on copies the text as it came.
public struct SocketValue: Sendable {
    /// What a value is.
    public enum Kind: Sendable {
        /// `null`; also what is read where there is nothing.
        case null
        /// `true` or `false`.
        case bool
        /// Whole or not.
        case number
        /// Text.
        case string
        /// Values in order.
        case array
        /// Members in order, by name.
        case object
        /// Bytes, which travel beside the JSON.
        case binary
    }

    enum Storage: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case array([SocketValue])
        case object([Member])
        case binary(ByteBuffer)
        /// JSON as it came, without placeholders for attachments.
        case json(JSONNode)
    }

    struct Member: Sendable {
        var name: String
        var value: SocketValue
    }

    let storage: Storage

    init(_ storage: Storage) { self.storage = storage }

    // MARK: Making

    /// The value that means nothing.
    public static let null = SocketValue(.null)

    /// A truth value.
    public init(_ value: Bool) { self.storage = .bool(value) }

    /// A whole number. JavaScript is exact up to 2⁵³.
    public init(_ value: Int) { self.storage = .int(value) }

    /// A number. What is not finite is sent as `null`, as JavaScript does.
    public init(_ value: Double) { self.storage = .double(value) }

    /// Text.
    public init(_ value: some StringProtocol) { self.storage = .string(String(value)) }

    /// Values in order.
    public init(_ values: [SocketValue]) { self.storage = .array(values) }

    /// Bytes; JavaScript gets an `ArrayBuffer`, or a `Buffer` in Node.
    public init(bytes: some Sequence<UInt8>) { self.storage = .binary(ByteBuffer(bytes: bytes)) }

    /// An object with its members in this order. Of a repeated name the last counts.
    public init(members: some Sequence<(key: String, value: SocketValue)>) {
        self.storage = .object(Self.unique(members.map { Member(name: $0.key, value: $0.value) }))
    }

    /// JSON text taken as it is.
    ///
    /// - Returns: nil for what is not JSON, or is nested deeper than 128 levels.
    public init?(json: String) {
        guard let document = try? JSONDocument(parsing: json, maximumDepth: SocketLimits().maximumNesting) else {
            return nil
        }
        self.storage = .json(document.root)
    }

    /// Keeps a repeated name where it came first, with its last value, as JavaScript does.
    static func unique(_ members: [Member]) -> [Member] {
        var places: [String: Int] = [:]
        var unique: [Member] = []
        for member in members {
            if let place = places[member.name] {
                unique[place].value = member.value
            } else {
                places[member.name] = unique.count
                unique.append(member)
            }
        }
        return unique
    }
}

extension SocketValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `nil` is `null`.
    public init(nilLiteral: ()) { self.storage = .null }

    /// A truth value.
    public init(booleanLiteral value: Bool) { self.storage = .bool(value) }

    /// A whole number.
    public init(integerLiteral value: Int) { self.storage = .int(value) }

    /// A number.
    public init(floatLiteral value: Double) { self.storage = .double(value) }

    /// Text.
    public init(stringLiteral value: String) { self.storage = .string(value) }

    /// Values in order.
    public init(arrayLiteral elements: SocketValue...) { self.storage = .array(elements) }

    /// Members in the order written.
    public init(dictionaryLiteral elements: (String, SocketValue)...) {
        self.storage = .object(Self.unique(elements.map { Member(name: $0.0, value: $0.1) }))
    }
}

extension SocketValue: Equatable, CustomStringConvertible {
    /// Whether both are the same: numbers by value, objects without regard to order, bytes byte for byte.
    public static func == (left: Self, right: Self) -> Bool {
        let (left, right) = (EncodedArguments([left]), EncodedArguments([right]))
        guard left.attachments == right.attachments, let first = left.parsed, let second = right.parsed else {
            return false
        }
        return first.isSameValue(as: second)
    }

    /// The value as JSON; bytes stand as their placeholders.
    public var description: String {
        String(decoding: EncodedArguments([self]).bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
