// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import SwitchboardClient

struct WireTests {
    private let wire = Wire(TestContract.dialect)

    private func kind(_ text: String) throws -> String {
        switch self.wire.frame(try JSONDocument(parsing: text).root) {
        case .welcome: "welcome"
        case .subscribed(let channels, _): "subscribed \(channels)"
        case .unsubscribed(let channels): "unsubscribed \(channels)"
        case .pong: "pong"
        case .error(let message, let code, let channel): "error \(message) \(code ?? "-") \(channel ?? "-")"
        case .event(let name, let data):
            "event \(name) \(data.map { String(decoding: $0.rawBytes, as: UTF8.self) } ?? "-")"
        case .unknown: "unknown"
        }
    }

    @Test(arguments: [
        (#"{"type":"connected"}"#, "welcome"), (#"{"type":"pong"}"#, "pong"),
        (#"{"type":"subscribed","channel":"a"}"#, #"subscribed ["a"]"#), (#"{"type":"subscribed"}"#, "subscribed []"),
        (#"{"type":"subscribed","channel":7}"#, "subscribed []"),
        (#"{"type":"error","code":403,"message":"no","channel":"a"}"#, "error no 403 a"),
        (#"{"type":"error"}"#, "error the server refuses it - -"),
        (#"{"event":"x","data":{"a":1}}"#, #"event x {"a":1}"#), (#"{"event":"x"}"#, "event x -"),
        // A shape comes before a name.
        (#"{"type":"pong","event":"x"}"#, "pong"), ("{}", "unknown"), ("[]", "unknown"), ("7", "unknown"),
        (#"{"event":7}"#, "unknown"), (#"{"type":["pong"]}"#, "unknown"),
    ])
    func `frames are told apart by the dialect's shapes`(text: String, kind: String) throws {
        #expect(try self.kind(text) == kind)
    }

    @Test func `commands carry what they say beside their name or within a member`() {
        var dialect = TestContract.dialect
        #expect(Wire(dialect).text("say", object: Array(#"{"a":1}"#.utf8)) == #"{"type":"say","a":1}"#)
        dialect.data = "data"
        #expect(Wire(dialect).text("say", object: Array(#"{"a":1}"#.utf8)) == #"{"type":"say","data":{"a":1}}"#)
        #expect(
            Wire(TestContract.socketIODialect).text("say", object: Array(#"{"a":1}"#.utf8)) == #"["say",{"a":1}]"#)
    }

    @Test func `channels are named as the command names them`() {
        let several = Dialect.ChannelCommand(name: "sub", channel: "one", channels: "many")
        #expect(self.wire.text(several, ["a"]) == #"{"type":"sub","one":"a"}"#)
        #expect(self.wire.text(several, ["a", "b"], since: "7") == #"{"type":"sub","many":["a","b"],"since":"7"}"#)
        let part = Dialect.ChannelCommand(name: "sub", channels: "ids", prefix: "room:", suffix: ":live")
        #expect(self.wire.text(part, ["room:7:live"]) == #"{"type":"sub","ids":["7"]}"#)
        #expect(self.wire.text(part, ["room:7"]) == nil)
        #expect(self.wire.text(part, ["room::live"]) == nil)
        #expect(self.wire.text(Dialect.ChannelCommand(name: "sub", channel: "one"), ["a", "b"]) == nil)
        #expect(self.wire.text(nil, ["a"]) == nil)
    }

    @Test func `where refusals do not name their channel each channel is asked for by itself`() {
        #expect(self.wire.channelLimit == 100)
        var dialect = TestContract.dialect
        dialect.error?.channel = nil
        #expect(Wire(dialect).channelLimit == 1)
        #expect(Wire(TestContract.socketIODialect).channelLimit == 1)
        let several = Dialect.socketIO(subscribe: .init(name: "subscribe", channels: "orders", prefix: "order:"))
        #expect(Wire(several).channelLimit == 100)
    }
}
