// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import WebSocketProtocol

@Suite struct WebSocketFrameTests {
    @Test(arguments: [0, 125, 126, 65535, 65536])
    func `a text frame has the shortest header and its payload`(count: Int) {
        let payload = [UInt8](repeating: 0x61, count: count)
        var buffer = ByteBuffer(string: "before")
        payload.withUnsafeBytes { WebSocketFrame.appendText($0, to: &buffer) }
        #expect(Array(buffer.readableBytesView) == Array("before".utf8) + plainFrame(0x81, payload))
    }

    @Test func `a header for a payload of known size is the one of the whole frame`() {
        var buffer = ByteBuffer()
        WebSocketFrame.appendHeader(.binary, isFinal: false, payloadByteCount: 300, to: &buffer)
        #expect(Array(buffer.readableBytesView) == [0x02, 126, 1, 44])
    }

    @Test func `a masked frame is what a client sends`() {
        var buffer = ByteBuffer(string: "x")
        WebSocketFrame.appendText("Hello", maskingKey: MaskingKey(word: 0x3D21_FA37), to: &buffer)
        #expect(Array(buffer.readableBytesView.dropFirst()) == maskedFrame(0x81, Array("Hello".utf8)))
    }

    @Test func `a close reason is cut to 123 bytes before a character`() {
        var buffer = ByteBuffer()
        WebSocketFrame.appendClose(code: 4001, reason: String(repeating: "é", count: 100), to: &buffer)
        let bytes = Array(buffer.readableBytesView)
        #expect(Array(bytes[..<4]) == [0x88, 124, 0x0F, 0xA1])
        #expect(String(validating: bytes[4...], as: UTF8.self) == String(repeating: "é", count: 61))
    }

    @Test func `a close without a code is empty`() {
        var buffer = ByteBuffer()
        WebSocketFrame.appendClose(code: nil, reason: "left out", to: &buffer)
        #expect(Array(buffer.readableBytesView) == [0x88, 0])
    }

    @Test func `a control frame's payload is cut to 125 bytes`() {
        var buffer = ByteBuffer()
        [UInt8](repeating: 1, count: 200).withUnsafeBytes { WebSocketFrame.append(.ping, $0, to: &buffer) }
        #expect(buffer.readableBytes == 127)
    }

    @Test(arguments: [0, 1, 3, 4, 5, 8, 11, 16, 33])
    func `masking in two steps is masking in one`(cut: Int) {
        let key = MaskingKey(word: 0x0102_03F4)
        let original = (0..<50).map { UInt8($0) }
        var once = original
        once.withUnsafeMutableBytes { key.apply(to: $0) }
        var twice = original
        twice.withUnsafeMutableBytes { bytes in
            key.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]))
            key.advanced(by: cut).apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[cut...]))
        }
        #expect(once == twice)
        #expect(once == original.enumerated().map { $1 ^ [0xF4, 0x03, 0x02, 0x01][$0 % 4] })
    }
}
