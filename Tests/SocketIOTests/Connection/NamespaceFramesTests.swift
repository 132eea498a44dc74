// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Testing

@testable import SocketIO

@Suite("Frames for namespaces other than /")
struct NamespaceFramesTests {
    @Test("Every kind of packet gets the name in its place, long headers too")
    func kinds() {
        let stage = Stage()
        stage.text("40/ns,")
        _ = stage.port.takeSent()
        let link = stage.gate.links[0]
        let long = "[\"b\",\"" + String(repeating: "x", count: 118) + "\"]"
        var frames = SocketPacketWriter.event(Array("[\"a\"]".utf8))
        frames.writeImmutableBuffer(SocketPacketWriter.event(Array(long.utf8), ack: 12))
        frames.writeImmutableBuffer(
            SocketPacketWriter.event(Array("[\"4-5\"]".utf8), attachments: [ByteBuffer(string: "42[")]))
        link.send(frames)
        #expect(stage.port.sent == ["42/ns,[\"a\"]", "42/ns,12\(long)", "451-/ns,[\"4-5\"]", "<34325b>"])
    }

    @Test("Links of one loop share what was rewritten, for the loop's turn")
    func sharing() throws {
        let stage = Stage()
        let other = SocketLink(namespace: "/ns", connection: stage.connection, port: stage.port)
        stage.text("40/ns,")
        let frames = SocketPacketWriter.event(Array("[\"a\"]".utf8))
        stage.gate.links[0].send(frames)
        other.send(frames)
        func address(_ buffer: ByteBuffer) -> UnsafeRawPointer? { buffer.withUnsafeReadableBytes { $0.baseAddress } }
        let sent = stage.port.sentBuffers.suffix(2)
        #expect(address(sent.first ?? ByteBuffer()) == address(sent.last ?? ByteBuffer()))
        stage.loop.run()
        let next = SocketPacketWriter.event(Array("[\"b\"]".utf8))
        other.send(next)
        #expect(stage.port.sent.last == "42/ns,[\"b\"]")
    }

    @Test("Units of a run keep their bounds")
    func units() {
        let stage = Stage()
        stage.text("40/ns,")
        let first = SocketPacketWriter.event(Array("[\"a\"]".utf8))
        let second = SocketPacketWriter.event(Array("[\"b\"]".utf8), attachments: [ByteBuffer(bytes: [1])])
        var frames = first
        frames.writeImmutableBuffer(second)
        let queueing = Queueing(
            channel: 7, frames: [.init(byteCount: first.readableBytes, key: 3), .init(byteCount: second.readableBytes)])
        stage.gate.links[0].send(frames, queueing: queueing)
        stage.gate.links[0].send(frames, queueing: queueing)
        for queueing in stage.port.queued {
            // The name is three bytes and its comma.
            #expect(queueing.frames.map(\.byteCount) == [first.readableBytes + 4, second.readableBytes + 4])
            #expect(queueing.frames.map(\.key) == [3, nil])
        }
        #expect(stage.port.queued.count == 2)
    }
}
