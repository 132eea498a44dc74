// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing
import WebSocketProtocol

@testable import EngineIO

@Suite struct PayloadTests {
    private func packets(_ payload: String) -> [String] {
        var reader = PayloadReader(ByteBuffer(string: payload))
        var packets: [String] = []
        while let packet = reader.next() { packets.append(String(buffer: packet)) }
        return packets
    }

    @Test func `a payload is cut at its separators, and what is empty is a packet too`() {
        #expect(self.packets("4a") == ["4a"])
        #expect(self.packets("4a\u{1e}2\u{1e}bAQ==") == ["4a", "2", "bAQ=="])
        #expect(self.packets("") == [""])
        #expect(self.packets("\u{1e}") == ["", ""])
        #expect(self.packets("4a\u{1e}") == ["4a", ""])
        #expect(self.packets("4a\u{1e}\u{1e}4b") == ["4a", "", "4b"])
    }

    private func frame(_ opcode: Opcode, _ payload: [UInt8]) -> ByteBuffer {
        var frame = ByteBuffer()
        payload.withUnsafeBytes { WebSocketFrame.append(opcode, $0, to: &frame) }
        return frame
    }

    @Test func `frames become packets, binary ones in base64`() {
        var frames = EngineFrames.text("4hello")
        frames.writeImmutableBuffer(self.frame(.binary, [1, 2]))
        frames.writeImmutableBuffer(self.frame(.binary, []))
        frames.writeImmutableBuffer(EngineFrames.ping)
        var writer = PayloadWriter()
        writer.take(&frames)
        #expect(String(buffer: writer.payload) == "4hello\u{1e}bAQI=\u{1e}b\u{1e}2")
        #expect(frames.readableBytes == 0)
    }

    @Test func `a payload is full with sixteen packets`() {
        var frames = ByteBuffer()
        for number in 1...20 { frames.writeImmutableBuffer(EngineFrames.text("4\(number)")) }
        var writer = PayloadWriter()
        writer.take(&frames)
        #expect(writer.isFull)
        #expect(self.packets(String(buffer: writer.payload)).count == 16)
        var next = PayloadWriter()
        next.take(&frames)
        #expect(self.packets(String(buffer: next.payload)) == ["417", "418", "419", "420"])
    }

    @Test func `base64 comes back as it went, with any length`() throws {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            var text = ByteBuffer()
            bytes.withUnsafeBytes { Base64Text.append($0, to: &text) }
            #expect(text.readableBytes == (count + 2) / 3 * 4)
            let decoded = try #require(text.withUnsafeReadableBytes { Base64Text.decode($0) })
            #expect(Array(decoded.readableBytesView) == bytes)
        }
    }

    @Test(
        arguments: [
            ("AQI=", [1, 2]), ("AQI", [1, 2]), ("", []), ("-_8=", [0xFB, 0xFF]), ("+/8", [0xFB, 0xFF]), ("A", nil),
            ("AQ I", nil), ("AQ=I", nil), ("é", nil),
        ] as [(String, [UInt8]?)])
    func `base64 is read with and without padding, and nothing else`(text: String, bytes: [UInt8]?) {
        let decoded = ByteBuffer(string: text).withUnsafeReadableBytes { Base64Text.decode($0) }
        #expect(decoded.map { Array($0.readableBytesView) } == bytes)
    }
}
