// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import WebSocketProtocol

/// Events as Socket.IO packets of the namespace `/`, each a WebSocket text frame.
enum EventText {
    /// Names that have a meaning of their own to clients (Socket.IO protocol, "reserved events").
    private static let reserved: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]

    static func mayBeSent(_ event: String) -> Bool { !self.reserved.contains(event) }

    /// `42["name",data]`
    static func frame(_ event: String, data: [UInt8]) -> ByteBuffer {
        var text = Self.opening(event, dataByteCount: data.count)
        text += data
        text.append(UInt8(ascii: "]"))
        return Self.frame(text).bytes
    }

    /// `42["name",data,"position"]`. Where the position is not known yet, there is a hole for it.
    static func frame(of publication: TemplateScope.Publication) -> EncodedFrame {
        let data = publication.data.rawBytes
        var text = Self.opening(publication.event, dataByteCount: data.count + PublicationID.byteCount + 3)
        text += data
        text.append(UInt8(ascii: ","))
        let hole: Int?
        // Its own id, which a publisher may have chosen, says nothing about what came before.
        if case .some(.some(let position)) = publication.position {
            hole = nil
            JSONWriter.appendString(position, to: &text)
        } else if let id = publication.id, publication.time != nil, PublicationID.isGiven(id) {
            hole = nil
            JSONWriter.appendString(id, to: &text)
        } else {
            hole = text.count + 1
            text.append(UInt8(ascii: "\""))
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: PublicationID.byteCount))
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "]"))
        let (bytes, headerByteCount) = Self.frame(text)
        return EncodedFrame(bytes: bytes, idHoles: hole.map { [$0 + headerByteCount] } ?? [])
    }

    private static func opening(_ event: String, dataByteCount: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(event.utf8.count + dataByteCount + 16)
        text += [UInt8(ascii: "4"), UInt8(ascii: "2"), UInt8(ascii: "[")]
        JSONWriter.appendString(event, to: &text)
        text.append(UInt8(ascii: ","))
        return text
    }

    private static func frame(_ text: [UInt8]) -> (bytes: ByteBuffer, headerByteCount: Int) {
        var buffer = ByteBufferAllocator().buffer(capacity: text.count + FrameHeader.maximumByteCount)
        WebSocketFrame.appendHeader(.text, payloadByteCount: text.count, to: &buffer)
        let headerByteCount = buffer.readableBytes
        buffer.writeBytes(text)
        return (buffer, headerByteCount)
    }
}
