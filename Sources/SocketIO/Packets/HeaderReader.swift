// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads what stands before a packet's JSON: `type [count "-"] [namespace ","] [id]`, in this order.
struct HeaderReader {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    /// What was not read yet.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.text[self.position...]) }

    mutating func readKind() throws(SocketPacketError) -> SocketPacket.Kind {
        guard let first = self.current, let kind = SocketPacket.Kind(rawValue: first &- UInt8(ascii: "0")) else {
            throw SocketPacketError("an unknown packet type")
        }
        self.position += 1
        return kind
    }

    mutating func readAttachmentCount(limit: Int) throws(SocketPacketError) -> Int {
        guard let count = try self.readNumber(), self.current == UInt8(ascii: "-") else {
            throw SocketPacketError("a binary packet without its attachment count")
        }
        guard count <= limit else { throw SocketPacketError("more than \(limit) attachments") }
        self.position += 1
        return Int(count)
    }

    /// The name runs to the comma or to the end of the packet; without one it is `/`. From a `?` on it does not count.
    mutating func readNamespace(limit: Int) throws(SocketPacketError) -> String {
        guard self.current == UInt8(ascii: "/") else { return "/" }
        let rest = self.rest
        let comma = rest.firstIndex(of: UInt8(ascii: ","))
        let name = rest[..<(comma ?? rest.endIndex)]
        self.position += comma.map { $0 + 1 } ?? rest.count
        guard name.count <= limit else { throw SocketPacketError("a namespace longer than \(limit) bytes") }
        // Names are written back; a control character would break the payloads of polling.
        guard name.allSatisfy({ $0 >= 0x20 }) else { throw SocketPacketError("a control character in a namespace") }
        return String(decoding: name.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    mutating func readAck() throws(SocketPacketError) -> UInt64? { try self.readNumber() }

    private var current: UInt8? { self.position < self.text.count ? self.text[self.position] : nil }

    /// The digits from here on; nil where there is none.
    private mutating func readNumber() throws(SocketPacketError) -> UInt64? {
        var value: UInt64?
        while let byte = self.current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (tens, isTooLarge) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, isOneTooMany) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isOneTooMany else { throw SocketPacketError("a number past 64 bits") }
            value = sum
            self.position += 1
        }
        return value
    }
}
