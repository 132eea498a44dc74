// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSocketProtocol

/// Frames that no correct client sends, and the code each ends the connection with.
@Suite struct HardeningTests {
    struct HostileFrame: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16
    }

    static let frames: [HostileFrame] = [
        HostileFrame(testDescription: "reserved bit 1", bytes: maskedFrame(0xC1, [0x61]), code: 1002),
        HostileFrame(testDescription: "reserved bit 2", bytes: maskedFrame(0xA1, [0x61]), code: 1002),
        HostileFrame(testDescription: "reserved bit 3", bytes: maskedFrame(0x91, [0x61]), code: 1002),
        HostileFrame(testDescription: "opcode 3", bytes: maskedFrame(0x83, []), code: 1002),
        HostileFrame(testDescription: "opcode 7", bytes: maskedFrame(0x87, []), code: 1002),
        HostileFrame(testDescription: "opcode 11", bytes: maskedFrame(0x8B, []), code: 1002),
        HostileFrame(testDescription: "opcode 15", bytes: maskedFrame(0x8F, []), code: 1002),
        HostileFrame(testDescription: "unmasked", bytes: plainFrame(0x81, [0x61]), code: 1002),
        HostileFrame(testDescription: "fragmented ping", bytes: maskedFrame(0x09, []), code: 1002),
        HostileFrame(
            testDescription: "long ping", bytes: maskedFrame(0x89, [UInt8](repeating: 0, count: 126)), code: 1002),
        HostileFrame(testDescription: "continuation of nothing", bytes: maskedFrame(0x80, [0x61]), code: 1002),
        HostileFrame(
            testDescription: "text inside text", bytes: maskedFrame(0x01, [0x61]) + maskedFrame(0x81, [0x61]),
            code: 1002),
        HostileFrame(
            testDescription: "64-bit length with the top bit",
            bytes: [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], code: 1002),
        HostileFrame(
            testDescription: "16-bit length of a short payload", bytes: [0x82, 0xFE, 0, 5, 1, 2, 3, 4], code: 1002),
        HostileFrame(
            testDescription: "64-bit length of a short payload",
            bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 4], code: 1002),
        HostileFrame(testDescription: "close of one byte", bytes: maskedFrame(0x88, [3]), code: 1002),
        HostileFrame(testDescription: "close 999", bytes: maskedFrame(0x88, [0x03, 0xE7]), code: 1002),
        HostileFrame(testDescription: "close 1005", bytes: maskedFrame(0x88, [0x03, 0xED]), code: 1002),
        HostileFrame(testDescription: "close 1006", bytes: maskedFrame(0x88, [0x03, 0xEE]), code: 1002),
        HostileFrame(testDescription: "close 1015", bytes: maskedFrame(0x88, [0x03, 0xF7]), code: 1002),
        HostileFrame(testDescription: "close 2000", bytes: maskedFrame(0x88, [0x07, 0xD0]), code: 1002),
        HostileFrame(testDescription: "close 5000", bytes: maskedFrame(0x88, [0x13, 0x88]), code: 1002),
        HostileFrame(
            testDescription: "close reason that is not UTF-8", bytes: maskedFrame(0x88, [0x03, 0xE8, 0xFF]),
            code: 1007),
        HostileFrame(testDescription: "overlong slash", bytes: maskedFrame(0x81, [0xC0, 0xAF]), code: 1007),
        HostileFrame(testDescription: "surrogate", bytes: maskedFrame(0x81, [0xED, 0xA0, 0x80]), code: 1007),
        HostileFrame(
            testDescription: "over U+10FFFF", bytes: maskedFrame(0x81, [0xF4, 0x90, 0x80, 0x80]), code: 1007),
        HostileFrame(testDescription: "half a character", bytes: maskedFrame(0x81, [0x61, 0xE2, 0x82]), code: 1007),
        HostileFrame(
            testDescription: "message over the limit", bytes: maskedFrame(0x82, [UInt8](repeating: 0, count: 1025)),
            code: 1009),
    ]

    @Test(arguments: Self.frames)
    func `a hostile frame ends the connection with its code`(frame: HostileFrame) {
        DecoderVerifier().verify(frame.bytes, [.violation(frame.code)])
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999] as [UInt16])
    func `a close code that peers may send is taken`(code: UInt16) {
        let bytes = maskedFrame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)])
        DecoderVerifier().verify(bytes, [.close(code, "")])
    }
}
