// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Testing

@testable import SocketIO

@Suite("Packets as clients send them")
struct SocketPacketDecoderTests {
    private func decode(_ text: String) throws -> SocketPacket {
        var decoder = SocketPacketDecoder()
        return try #require(try decoder.decode(text))
    }

    private func payload(_ packet: SocketPacket) -> String? {
        packet.payload.map { String(decoding: $0.rawBytes, as: UTF8.self) }
    }

    @Test(
        "The grammar's forms (checklist 49, 58)",
        arguments: [
            ("0", SocketPacket.Kind.connect, "/", nil, nil),
            ("0{}", .connect, "/", nil, "{}"),
            ("0{\"token\":\"1 2\"}", .connect, "/", nil, "{\"token\":\"1 2\"}"),
            ("0/custom", .connect, "/custom", nil, nil),
            ("0/custom,", .connect, "/custom", nil, nil),
            ("0/custom,{}", .connect, "/custom", nil, "{}"),
            ("0/custom{\"a\":1}", .connect, "/custom{\"a\":1}", nil, nil),
            ("0/", .connect, "/", nil, nil),
            ("0/,", .connect, "/", nil, nil),
            ("0/custom?token=1,{}", .connect, "/custom", nil, "{}"),
            ("0/Custom/%2F,", .connect, "/Custom/%2F", nil, nil),
            ("012{\"a\":1}", .connect, "/", 12, "{\"a\":1}"),
            ("1", .disconnect, "/", nil, nil),
            ("1/custom,", .disconnect, "/custom", nil, nil),
            ("2[\"foo\"]", .event, "/", nil, "[\"foo\"]"),
            ("2[\"echo\", 1 ]", .event, "/", nil, "[\"echo\", 1 ]"),
            ("2[\"\"]", .event, "/", nil, "[\"\"]"),
            ("2[1,2]", .event, "/", nil, "[1,2]"),
            ("20[\"x\"]", .event, "/", 0, "[\"x\"]"),
            ("2007[\"e\"]", .event, "/", 7, "[\"e\"]"),
            ("2/custom,13[\"bar\"]", .event, "/custom", 13, "[\"bar\"]"),
            ("29007199254740993[\"e\"]", .event, "/", 9_007_199_254_740_993, "[\"e\"]"),
            ("218446744073709551615[\"e\"]", .event, "/", .max, "[\"e\"]"),
            (
                "2[\"a\",{\"_placeholder\":true,\"num\":0}]", .event, "/", nil,
                "[\"a\",{\"_placeholder\":true,\"num\":0}]"
            ),
            (
                "2[\"a\",\"\\ud800\",{\"__proto__\":1,\"__proto__\":2}]", .event, "/", nil,
                "[\"a\",\"\\ud800\",{\"__proto__\":1,\"__proto__\":2}]"
            ),
            ("312[\"bar\"]", .ack, "/", 12, "[\"bar\"]"),
            ("30", .ack, "/", 0, nil),
            ("3[1]", .ack, "/", nil, "[1]"),
            ("3/custom,1[]", .ack, "/custom", 1, "[]"),
            ("50-[\"echo\",\"zero\"]", .binaryEvent, "/", nil, "[\"echo\",\"zero\"]"),
        ] as [(String, SocketPacket.Kind, String, UInt64?, String?)])
    func forms(text: String, kind: SocketPacket.Kind, namespace: String, ack: UInt64?, json: String?) throws {
        let packet = try self.decode(text)
        #expect(packet.kind == kind)
        #expect(packet.namespace == namespace)
        #expect(packet.ack == ack)
        #expect(self.payload(packet) == json)
    }

    @Test(
        "What is no packet (checklist 58, 59, 64, 67)",
        arguments: [
            "", "abc", "7[]", "9", "-", "\u{0}", "2", "212", "2[]", "2{}", "2null", "2\"a\"", "2[null]", "2[true]",
            "2[{}]", "2[[\"a\"]]", "2[\"a\"", "2[\"a\"]x", "2[\"a\",]", "2abc[\"a\"]", "2-1[\"a\"]", "21e3[\"a\"]",
            "1{}", "1\"x\"", "1[]", "4{\"message\":\"x\"}", "4", "0[]", "0null", "0\"x\"", "0{bad", "3{}", "30{}",
            "218446744073709551616[\"e\"]", "299999999999999999999999[\"e\"]",
            "2[\"connect\"]", "2[\"connect_error\"]", "2[\"disconnect\"]", "2[\"disconnecting\"]",
            "2[\"newListener\"]", "2[\"removeListener\"]", "2[\"\\u0063onnect\"]",
            "5[\"a\"]", "5-[\"a\"]", "5-1[\"a\"]", "51[\"a\"]", "51.5-[\"a\"]", "511-[\"a\"]",
            "599999999999999999999-[\"a\"]", "518446744073709551615-[\"a\"]", "51-", "51-{}", "51-[]",
            "51-[{\"_placeholder\":true,\"num\":0}]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":1}]", "51-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
            "51-[\"a\",{\"_placeholder\":true}]", "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":0.5}]", "51-[\"a\",{\"_placeholder\":true,\"num\":1e99}]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":null}]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":{\"_placeholder\":true,\"num\":0}}]",
            "50-[\"a\",{\"_placeholder\":true,\"num\":0}]", "61-0[{\"_placeholder\":true,\"num\":7}]",
            "51-[\"a\",{\"b\":[{\"_placeholder\":true,\"num\":3}]}]",
            "2/a\u{1e}b,[\"a\"]", "2[\"a\u{1e}\"]", "2[\"a\",NaN]", "2[\"a\",01]",
        ])
    func refused(text: String) {
        var decoder = SocketPacketDecoder()
        #expect(throws: SocketPacketError.self) { try decoder.decode(text) }
    }

    @Test("Nesting and a namespace's length are limited (checklist 67)")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            "2[\"a\"," + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "]"
        }
        var decoder = SocketPacketDecoder()
        #expect(try decoder.decode(nested(127)) != nil)
        #expect(throws: SocketPacketError.self) { try decoder.decode(nested(128)) }
        #expect(throws: SocketPacketError.self) { try decoder.decode(nested(100_000)) }
        #expect(try decoder.decode("0/" + String(repeating: "n", count: 511)) != nil)
        #expect(throws: SocketPacketError.self) { try decoder.decode("0/" + String(repeating: "n", count: 512)) }
    }

    @Test("Attachments follow their header (checklist 63, 65)")
    func attachments() throws {
        var decoder = SocketPacketDecoder()
        let text =
            "52-/admin,["
            + "\"baz\",{\"_placeholder\":true,\"num\":1},[{\"a\":{\"num\":0,\"_placeholder\":true}}],{\"_placeholder\":false}]"
        #expect(try decoder.decode(text) == nil)
        #expect(decoder.awaitsAttachments)
        #expect(try decoder.decode([1, 2] as [UInt8]) == nil)
        let packet = try #require(try decoder.decode([] as [UInt8]))
        #expect(packet.kind == .binaryEvent)
        #expect(packet.namespace == "/admin")
        #expect(packet.attachments == [ByteBuffer(bytes: [1, 2]), ByteBuffer()])
        #expect(!decoder.awaitsAttachments)
        let second = packet.payload?[1].flatMap { Placeholders.number(of: $0) }
        #expect(second == 1)
    }

    @Test("Ten attachments are taken, used or not; an answer keeps its id (checklist 61, 63)")
    func tenAttachments() throws {
        var decoder = SocketPacketDecoder()
        #expect(
            try decoder.decode("610-15[{\"_placeholder\":true,\"num\":9},{\"_placeholder\":true,\"num\":9}]") == nil)
        for number in 0..<9 { #expect(try decoder.decode([UInt8(number)]) == nil) }
        let packet = try #require(try decoder.decode([9] as [UInt8]))
        #expect(packet.ack == 15)
        #expect(packet.attachments.count == 10)
    }

    @Test("A text between header and attachments, and an attachment out of place (checklist 65)")
    func outOfPlace() throws {
        var decoder = SocketPacketDecoder()
        #expect(throws: SocketPacketError.self) { try decoder.decode([1] as [UInt8]) }
        #expect(try decoder.decode("51-[\"a\"]") == nil)
        #expect(throws: SocketPacketError.self) { try decoder.decode("2[\"b\"]") }
        // No attachment is due for none.
        decoder = SocketPacketDecoder()
        #expect(try decoder.decode("50-[\"a\"]") != nil)
        #expect(try decoder.decode("2[\"b\"]") != nil)
    }

    @Test("Attachments are limited in bytes together")
    func attachmentBytes() throws {
        var limits = SocketLimits()
        limits.attachmentByteCount = 4
        var decoder = SocketPacketDecoder(limits: limits)
        #expect(try decoder.decode("53-[\"a\"]") == nil)
        #expect(try decoder.decode([1, 2] as [UInt8]) == nil)
        #expect(try decoder.decode([3, 4] as [UInt8]) == nil)
        #expect(throws: SocketPacketError.self) { try decoder.decode([5] as [UInt8]) }
    }

    @Test("Every cut of a packet is read or refused, never more")
    func cuts() {
        let text = Array(
            "52-/admin,17[\"baz\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]".utf8)
        var wholes = 0
        for end in 0...text.count {
            var decoder = SocketPacketDecoder()
            let packet = text[..<end].withUnsafeBytes { try? decoder.decode(text: $0) }
            if packet != nil || decoder.awaitsAttachments { wholes += 1 }
        }
        #expect(wholes == 1)
    }
}
