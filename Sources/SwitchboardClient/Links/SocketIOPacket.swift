// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A packet of Socket.IO's protocol 5, within a message of Engine.IO.
package struct SocketIOPacket {
    package enum Kind: UInt8 { case connect, disconnect, event, answer, refusal, binaryEvent, binaryAnswer }

    package let kind: Kind
    /// `/` where none is named.
    package let namespace: Substring
    package let id: Int?
    /// JSON, unchecked; empty where the packet has none.
    package let payload: UnsafeRawBufferPointer

    /// Reads what stands behind Engine.IO's `4`; `nil` when it is no packet. An id that is too large is none.
    package init?(_ text: UnsafeRawBufferPointer) {
        guard let first = text.first, let kind = Kind(rawValue: first &- UInt8(ascii: "0")) else { return nil }
        self.kind = kind
        var rest = text.dropFirst()
        if kind == .binaryEvent || kind == .binaryAnswer {
            guard let dash = rest.firstIndex(of: UInt8(ascii: "-")), rest[..<dash].allSatisfy(Self.isDigit) else {
                return nil
            }
            rest = rest[(dash + 1)...]
        }
        if rest.first == UInt8(ascii: "/") {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            // A query is no part of the name.
            let name = rest[..<end].prefix { $0 != UInt8(ascii: "?") }
            self.namespace = Substring(decoding: name, as: UTF8.self)
            rest = rest[end...].dropFirst()
        } else {
            self.namespace = "/"
        }
        let digits = rest.prefix(while: Self.isDigit)
        self.id = digits.isEmpty ? nil : Int(String(decoding: digits, as: UTF8.self))
        self.payload = UnsafeRawBufferPointer(rebasing: rest[digits.endIndex...])
    }

    /// A packet's text with Engine.IO's `4` in front; the main namespace is not named.
    package static func text(_ kind: Kind, _ namespace: String, id: Int? = nil, _ payload: String) -> String {
        let place = namespace == "/" ? "" : namespace + ","
        return "4\(kind.rawValue)\(place)\(id.map(String.init) ?? "")\(payload)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
