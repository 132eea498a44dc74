// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSocketProtocol

@Suite struct MessageDecoderTests {
    @Test func `a masked text frame is unmasked and handed out`() {
        // The example of RFC 6455 §5.7.
        let bytes: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        DecoderVerifier().verify(bytes, [.text("Hello")])
    }

    @Test(arguments: [0, 1, 7, 8, 9, 31, 64, 125, 126, 127, 300])
    func `a payload of any length and key comes out as it went in`(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        DecoderVerifier().verify(maskedFrame(0x82, payload, key: [1, 0, 0xFF, 0x80]), [.binary(payload)])
    }

    @Test func `glued messages come out in order`() {
        let bytes =
            maskedFrame(0x81, Array("one".utf8)) + maskedFrame(0x89, [1, 2]) + maskedFrame(0x82, [])
            + maskedFrame(0x81, Array("zwölf".utf8))
        DecoderVerifier().verify(bytes, [.text("one"), .ping([1, 2]), .binary([]), .text("zwölf")])
    }

    @Test func `fragments are joined and control frames between them come out first`() {
        let bytes =
            maskedFrame(0x01, Array("fra".utf8)) + maskedFrame(0x8A, [9]) + maskedFrame(0x00, [])
            + maskedFrame(0x89, [7, 7]) + maskedFrame(0x80, Array("gment".utf8))
        DecoderVerifier().verify(bytes, [.pong([9]), .ping([7, 7]), .text("fragment")])
    }

    @Test func `a character split over fragments is valid text`() {
        let euro = Array("€".utf8)
        let bytes = maskedFrame(0x01, [euro[0]]) + maskedFrame(0x00, [euro[1]]) + maskedFrame(0x80, [euro[2]])
        DecoderVerifier().verify(bytes, [.text("€")])
    }

    @Test func `a client takes unmasked frames and refuses masked ones`() {
        let verifier = DecoderVerifier(role: .client)
        verifier.verify(plainFrame(0x81, Array("hi".utf8)), [.text("hi")])
        verifier.verify(maskedFrame(0x81, Array("hi".utf8)), [.violation(1002)])
    }

    @Test func `what follows a close frame is swallowed`() {
        let bytes = maskedFrame(0x88, [0x03, 0xE8] + Array("bye".utf8)) + maskedFrame(0x81, [0x61]) + [0xFF]
        DecoderVerifier().verify(bytes, [.close(1000, "bye")])
        DecoderVerifier().verify(maskedFrame(0x88, []), [.close(nil, "")])
    }

    @Test func `a message of exactly the limit passes and one byte more is refused`() {
        let verifier = DecoderVerifier(maximumMessageByteCount: 10)
        let ten = [UInt8](repeating: 0x61, count: 10)
        verifier.verify(maskedFrame(0x82, ten), [.binary(ten)])
        verifier.verify(maskedFrame(0x02, ten) + maskedFrame(0x80, []), [.binary(ten)])
        verifier.verify(maskedFrame(0x82, ten + [0]), [.violation(1009)])
        verifier.verify(maskedFrame(0x02, ten) + maskedFrame(0x80, [0]), [.violation(1009)])
    }

    @Test func `a length over the limit is refused from the header alone`() {
        let header: [UInt8] = [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]
        DecoderVerifier().verify(header, [.violation(1009)])
    }

    @Test func `endless empty fragments use the limit up`() {
        let start = maskedFrame(0x01, [])
        let bytes = start + (0..<2000).flatMap { _ in maskedFrame(0x00, []) }
        #expect(DecoderVerifier().decode([bytes]) == [.violation(1009)])
    }

    @Test func `many one byte fragments are joined`() {
        let count = 200_000
        var bytes = maskedFrame(0x02, [1])
        for _ in 1..<count { bytes += maskedFrame(0x00, [1]) }
        bytes += maskedFrame(0x80, [])
        let verifier = DecoderVerifier(maximumMessageByteCount: count)
        #expect(verifier.decode([bytes]) == [.binary([UInt8](repeating: 1, count: count))])
    }

    @Test func `invalid text is refused before its message ends`() {
        let bytes = maskedFrame(0x01, Array("ok".utf8)) + Array(maskedFrame(0x00, [0x61, 0xC0, 0x61]).dropLast())
        DecoderVerifier().verify(bytes, [.violation(1007)])
    }

    @Test func `a decoder is idle between messages and not within one`() throws {
        var decoder = MessageDecoder(role: .server, maximumMessageByteCount: 100)
        var bytes = maskedFrame(0x81, Array("hello".utf8))
        try bytes.withUnsafeMutableBytes { storage in
            var start = UnsafeMutableRawBufferPointer(rebasing: storage[..<8])
            let early = try decoder.next(&start)
            #expect(early.map { _ in true } == nil, "half a frame is no message")
            #expect(decoder.isMidMessage)
            var rest = UnsafeMutableRawBufferPointer(rebasing: storage[8...])
            let late = try decoder.next(&rest)
            #expect(late.map { _ in true } == true)
            #expect(!decoder.isMidMessage)
        }
    }

    @Test func `random bytes never trap`() {
        var generator = SplitMix(state: 42)
        for _ in 0..<3000 {
            let count = Int.random(in: 0..<60, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Half of them begin plausibly, to get past the first checks.
            if count > 2, Bool.random(using: &generator) {
                bytes[0] &= 0x8F
                bytes[1] |= 0x80
            }
            let verifier = DecoderVerifier(maximumMessageByteCount: 40)
            #expect(verifier.decode([bytes]) == verifier.decode(bytes.map { [$0] }))
        }
    }
}

/// A generator that gives the same numbers each run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
