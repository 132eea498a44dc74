// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import NIOCore
import WebSocketProtocol

/// Writes packets as complete, unmasked WebSocket frames: the text frame, then a binary frame for each attachment.
///
/// Those that are shared by connections are for the namespace `/`; `NamespaceFrames` makes those of other namespaces of them.
package enum SocketPacketWriter {
    /// What an event's text frame begins with, before the JSON array, where no answer is wanted.
    package static let eventPrefix: [UInt8] = Array("42".utf8)

    /// - Parameters:
    ///   - arguments: a JSON array that begins with the event's name; with attachments, it holds their placeholders.
    ///   - ack: the id to answer with; nil: no answer is wanted.
    package static func event(
        _ arguments: [UInt8], ack: UInt64? = nil, attachments: [ByteBuffer] = []
    ) -> ByteBuffer {
        Self.packet(attachments.isEmpty ? .event : .binaryEvent, id: ack, arguments, attachments: attachments)
    }

    /// An answer. `arguments` is a JSON array, which may be empty.
    static func acknowledgement(
        _ id: UInt64, namespace: String, _ arguments: [UInt8], attachments: [ByteBuffer]
    ) -> ByteBuffer {
        Self.packet(
            attachments.isEmpty ? .ack : .binaryAck, namespace: namespace, id: id, arguments, attachments: attachments)
    }

    /// The answer to a CONNECT that was accepted.
    static func connected(namespace: String, id: String, pid: String?) -> ByteBuffer {
        var writer = JSONWriter(capacity: 80)
        writer.beginObject()
        writer.key("sid")
        writer.string(id)
        if let pid {
            writer.key("pid")
            writer.string(pid)
        }
        writer.endObject()
        return Self.packet(.connect, namespace: namespace, writer.bytes)
    }

    /// The answer to a CONNECT that was refused. `payload` is a JSON object with `message`.
    static func refused(namespace: String, _ payload: [UInt8]) -> ByteBuffer {
        Self.packet(.connectError, namespace: namespace, payload)
    }

    static func disconnected(namespace: String) -> ByteBuffer { Self.packet(.disconnect, namespace: namespace, []) }

    /// How a namespace stands in a packet: its name and a comma, or nothing.
    static func place(of namespace: String) -> [UInt8] { namespace == "/" ? [] : Array("\(namespace),".utf8) }

    /// What an attachment takes in a packet's frames.
    static func frameByteCount(of attachment: ByteBuffer) -> Int {
        FrameHeader(.binary, payloadByteCount: attachment.readableBytes).byteCount + attachment.readableBytes
    }

    private static func packet(
        _ kind: SocketPacket.Kind, namespace: String = "/", id: UInt64? = nil, _ payload: [UInt8],
        attachments: [ByteBuffer] = []
    ) -> ByteBuffer {
        var head: [UInt8] = [UInt8(ascii: "4"), UInt8(ascii: "0") + kind.rawValue]
        if kind.isBinary { head += "\(attachments.count)-".utf8 }
        if namespace != "/" { head += Self.place(of: namespace) }
        if let id { head += "\(id)".utf8 }
        let byteCount = head.count + payload.count
        let capacity = attachments.reduce(byteCount + FrameHeader.maximumByteCount) {
            $0 + $1.readableBytes + FrameHeader.maximumByteCount
        }
        var buffer = ByteBufferAllocator().buffer(capacity: capacity)
        WebSocketFrame.appendHeader(.text, payloadByteCount: byteCount, to: &buffer)
        buffer.writeBytes(head)
        buffer.writeBytes(payload)
        for attachment in attachments {
            WebSocketFrame.appendHeader(.binary, payloadByteCount: attachment.readableBytes, to: &buffer)
            buffer.writeImmutableBuffer(attachment)
        }
        return buffer
    }
}
