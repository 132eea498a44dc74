// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import SocketIO

@Suite("Packets as they are sent")
struct SocketPacketWriterTests {
    private func messages(_ frames: ByteBuffer) -> [String] { RecordingPort.messages(in: frames) }

    @Test("Events, with and without id and attachments")
    func events() {
        #expect(self.messages(SocketPacketWriter.event(Array("[\"a\",1]".utf8))) == ["42[\"a\",1]"])
        #expect(self.messages(SocketPacketWriter.event(Array("[\"a\"]".utf8), ack: 0)) == ["420[\"a\"]"])
        let frames = SocketPacketWriter.event(
            Array("[\"a\"]".utf8), ack: 12, attachments: [ByteBuffer(bytes: [1, 2]), ByteBuffer()])
        #expect(self.messages(frames) == ["452-12[\"a\"]", "<0102>", "<>"])
    }

    @Test("Answers (checklist 60, 61)")
    func answers() {
        let plain = SocketPacketWriter.acknowledgement(456, namespace: "/", Array("[1]".utf8), attachments: [])
        #expect(self.messages(plain) == ["43456[1]"])
        let custom = SocketPacketWriter.acknowledgement(0, namespace: "/custom", Array("[]".utf8), attachments: [])
        #expect(self.messages(custom) == ["43/custom,0[]"])
        let binary = SocketPacketWriter.acknowledgement(
            789, namespace: "/custom", Array("[]".utf8), attachments: [ByteBuffer(bytes: [255])])
        #expect(self.messages(binary) == ["461-/custom,789[]", "<ff>"])
    }

    @Test("CONNECT, CONNECT_ERROR and DISCONNECT always carry the comma")
    func namespaces() {
        #expect(self.messages(SocketPacketWriter.connected(namespace: "/", id: "x", pid: nil)) == ["40{\"sid\":\"x\"}"])
        #expect(
            self.messages(SocketPacketWriter.connected(namespace: "/custom", id: "x", pid: "p"))
                == ["40/custom,{\"sid\":\"x\",\"pid\":\"p\"}"])
        #expect(
            self.messages(SocketPacketWriter.refused(namespace: "/random", Array("{\"message\":\"x\"}".utf8)))
                == ["44/random,{\"message\":\"x\"}"])
        #expect(self.messages(SocketPacketWriter.disconnected(namespace: "/")) == ["41"])
        #expect(self.messages(SocketPacketWriter.disconnected(namespace: "/custom")) == ["41/custom,"])
    }

    @Test("Large packets get long headers")
    func large() {
        let text = "[\"a\",\"" + String(repeating: "x", count: 70_000) + "\"]"
        #expect(self.messages(SocketPacketWriter.event(Array(text.utf8))) == ["42" + text])
    }
}
