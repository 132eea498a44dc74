// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// Reads packets of Socket.IO 5 from the messages of one connection, whatever transport they came over.
///
/// Order: a binary packet's header is a text message; as many binary messages follow as it announces, and nothing else in between.
/// Errors: `SocketPacketError`, after which the connection has to end; the decoder is then of no more use.
/// Limits: `SocketLimits`; what waits for attachments is bounded by their count and their bytes.
package struct SocketPacketDecoder {
    private let limits: SocketLimits
    private var waiting: Waiting?

    /// A packet whose attachments have not all come.
    private struct Waiting {
        var packet: SocketPacket
        var missing: Int
        var byteCount = 0
    }

    package init(limits: SocketLimits = SocketLimits()) { self.limits = limits }

    /// Whether a binary message has to come next.
    package var awaitsAttachments: Bool { self.waiting != nil }

    /// Reads a text message, which is valid UTF-8, without the `4` of Engine.IO.
    ///
    /// - Returns: nil: attachments are to follow.
    package mutating func decode(text: UnsafeRawBufferPointer) throws(SocketPacketError) -> SocketPacket? {
        guard self.waiting == nil else { throw SocketPacketError("a text message where an attachment was due") }
        var header = HeaderReader(text: text)
        let kind = try header.readKind()
        let count = kind.isBinary ? try header.readAttachmentCount(limit: self.limits.attachmentCount) : 0
        let namespace = try header.readNamespace(limit: self.limits.namespaceByteCount)
        let ack = try header.readAck()
        let payload = try self.payload(header.rest)
        try self.check(payload, of: kind, count: count)
        let packet = SocketPacket(kind: kind, namespace: namespace, ack: ack, payload: payload)
        guard count > 0 else { return packet }
        self.waiting = Waiting(packet: packet, missing: count)
        return nil
    }

    /// Reads a binary message: an attachment of the packet before.
    ///
    /// - Returns: nil: more attachments are to follow.
    package mutating func decode(binary: UnsafeRawBufferPointer) throws(SocketPacketError) -> SocketPacket? {
        guard var waiting = self.waiting else { throw SocketPacketError("a binary message where none was due") }
        // Not shared while it grows.
        self.waiting = nil
        waiting.byteCount += binary.count
        guard waiting.byteCount <= self.limits.attachmentByteCount else {
            throw SocketPacketError("the attachments of a packet are too large together")
        }
        waiting.packet.attachments.append(ByteBuffer(bytes: binary))
        waiting.missing -= 1
        if waiting.missing == 0 { return waiting.packet }
        self.waiting = waiting
        return nil
    }

    private func payload(_ text: UnsafeRawBufferPointer) throws(SocketPacketError) -> JSONNode? {
        guard !text.isEmpty else { return nil }
        do {
            return try JSONDocument(parsing: text, maximumDepth: self.limits.maximumNesting).root
        } catch {
            throw SocketPacketError("JSON: \(error)")
        }
    }

    private func check(
        _ payload: JSONNode?, of kind: SocketPacket.Kind, count: Int
    ) throws(SocketPacketError) {
        switch kind {
        case .connect:
            guard payload == nil || payload?.kind == .object else { throw SocketPacketError("auth is not an object") }
        case .disconnect:
            guard payload == nil else { throw SocketPacketError("a DISCONNECT with a payload") }
        case .event, .binaryEvent:
            try self.checkEvent(payload)
        case .ack, .binaryAck:
            guard payload == nil || payload?.kind == .array else { throw SocketPacketError("an ACK without an array") }
        case .connectError:
            throw SocketPacketError("a CONNECT_ERROR from a client")
        }
        guard kind.isBinary, let payload else { return }
        guard Placeholders.areValid(in: payload, count: count) else {
            throw SocketPacketError("a placeholder for an attachment that is not there")
        }
    }

    private func checkEvent(_ payload: JSONNode?) throws(SocketPacketError) {
        guard let payload, payload.kind == .array, payload.count > 0 else {
            throw SocketPacketError("an EVENT without an array that has elements")
        }
        // An array's first element is the next value of the document.
        let name = JSONNode(document: payload.document, index: payload.index + 1)
        guard name.kind == .string || name.kind == .number else {
            throw SocketPacketError("an event's name is neither a text nor a number")
        }
        guard !EventNames.isReserved(name) else { throw SocketPacketError("a reserved event name") }
    }
}
