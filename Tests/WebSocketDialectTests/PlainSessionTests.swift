// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Realtime
import Testing
import WebSocketDialect

@Suite struct PlainSessionTests {
    private let welcome = #"{"type":"connected","userId":"did:x:ann","timestamp":"\#(Stage.now)"}"#
    private let now = Stage.now

    // MARK: Opening

    @Test func `a valid token opens, and the welcome is the first frame (RNG-003, RNG-004, RNG-005)`() throws {
        let stage = try Stage()
        #expect(stage.port.sends.isEmpty)
        stage.session.opened()
        #expect(stage.port.texts == [self.welcome])
        #expect(stage.hub.statistics.connections == 1)
        #expect(!stage.port.receiving.contains(false), "an answer that comes at once stops nothing")
    }

    @Test func `without a valid token comes one error and the close, never a welcome (RNG-008, RNG-009)`() throws {
        let stage = try Stage(token: nil)
        stage.session.opened()
        #expect(stage.port.texts == [#"{"type":"error","message":"Authentication required"}"#])
        #expect(stage.port.closes.map(\.code.rawValue) == [4001])
        #expect(stage.port.closes.map(\.reason) == ["Authentication required"])
        #expect(stage.hub.statistics.connections == 0)
        #expect(stage.say(#"{"type":"ping"}"#).isEmpty)
        stage.session.closed()
    }

    @Test func `while keys are fetched nothing is received, and what waited is answered behind the welcome (RNG-004)`()
        throws
    {
        let stage = try Stage(door: SlowDoor())
        stage.port.onResume = {
            var text = #"{"type":"subscribe","channel":"global"}"#
            text.withUTF8 { stage.session.received(text: UnsafeRawBufferPointer($0)) }
        }
        stage.session.opened()
        #expect(stage.port.receiving == [false])
        #expect(stage.port.sends.isEmpty)
        #expect(stage.say(#"{"type":"ping"}"#).isEmpty)
        stage.loop.run()
        #expect(stage.port.receiving == [false, true])
        #expect(
            stage.port.texts == [
                self.welcome, #"{"type":"subscribed","channel":"global","timestamp":"\#(self.now)"}"#,
            ])
        stage.port.onResume = nil
    }

    @Test func `a connection that ends while its token is checked never becomes a session`() throws {
        let stage = try Stage(door: SlowDoor())
        stage.session.opened()
        stage.session.closed()
        stage.loop.run()
        #expect(stage.port.sends.isEmpty)
        #expect(stage.hub.statistics.connectionsOpened == 0)
    }

    @Test func `the same user connects again at once and is welcomed again (RNG-006)`() throws {
        let stage = try Stage()
        stage.session.opened()
        stage.session.closed()
        #expect(stage.hub.statistics.connections == 0)
        #expect(stage.hub.sessions(of: UserID("did:x:ann")).isEmpty)
        let again = try Stage()
        again.session.opened()
        #expect(again.port.texts == [self.welcome])
    }

    @Test func `a connection that has ended is let go with everything it held`() throws {
        weak var port: RecordingPort?
        weak var hub: LoopHub?
        do {
            let stage = try Stage.open()
            stage.say(#"{"type":"subscribe","channel":"global"}"#)
            try stage.publish("news", "{}", to: ["global"])
            stage.session.closed()
            (port, hub) = (stage.port, stage.hub)
        }
        #expect(port == nil)
        #expect(hub == nil)
    }

    // MARK: Commands

    @Test func `subscribe answers with the channel as it was sent, and its events follow (RNG-010, RNG-012, RNG-029)`()
        throws
    {
        let stage = try Stage.open()
        #expect(
            stage.say(#"{"type":"subscribe","channel":"user:did:x:ann"}"#) == [
                #"{"type":"subscribed","channel":"user:did:x:ann","timestamp":"\#(self.now)"}"#
            ])
        stage.port.forget()
        try stage.publish("order.created", #"{"orderId":"7","buyerDid":"did:x:ann"}"#)
        #expect(
            stage.port.texts == [
                #"{"event":"order.created","data":{"orderId":"7","buyerDid":"did:x:ann"},"timestamp":"\#(self.now)"}"#
            ])
    }

    @Test
    func
        `several channels are answered one by one in the order asked, the refused ones with an error (RNG-011, RNG-D03)`()
        throws
    {
        let stage = try Stage.open()
        let answers = stage.say(
            #"{"type":"subscribe","channels":["global","order:1","invalid-channel","user:did:x:ann","global"]}"#)
        #expect(
            answers == [
                #"{"type":"subscribed","channel":"global","timestamp":"\#(self.now)"}"#,
                #"{"type":"error","message":"Not authorized to subscribe to: order:1"}"#,
                #"{"type":"error","message":"Invalid channel format: invalid-channel"}"#,
                #"{"type":"subscribed","channel":"user:did:x:ann","timestamp":"\#(self.now)"}"#,
            ])
        #expect(stage.hub.session(41)?.channelNames.map(\.rawValue) == ["global", "user:did:x:ann"])
        #expect(stage.port.closes.isEmpty)
    }

    @Test func `channel and channels in one message are merged, each once (RNG-D03)`() throws {
        let stage = try Stage.open()
        let answers = stage.say(#"{"type":"subscribe","channels":["user:did:x:ann","global"],"channel":"global"}"#)
        #expect(answers.count == 2)
        #expect(answers.first?.contains("global") == true)
    }

    @Test func `unsubscribe is answered, also for what was not joined, and ends delivery (RNG-013, RNG-D04)`() throws {
        let stage = try Stage.open()
        stage.say(#"{"type":"subscribe","channel":"global"}"#)
        let answers = stage.say(#"{"type":"unsubscribe","channels":["global","order:1"]}"#)
        #expect(
            answers
                == ["global", "order:1"].map {
                    #"{"type":"unsubscribed","channel":"\#($0)","timestamp":"\#(self.now)"}"#
                })
        stage.port.forget()
        try stage.publish("news", "{}", to: ["global"])
        #expect(stage.port.texts.isEmpty)
    }

    @Test func `ping is answered with pong (RNG-049)`() throws {
        #expect(try Stage.open().say(#"{"type":"ping"}"#) == [#"{"type":"pong","timestamp":"\#(self.now)"}"#])
    }

    @Test func `an unknown channel and a refused one are answered in the documented words (RNG-027, RNG-028)`() throws {
        let stage = try Stage.open()
        #expect(
            stage.say(#"{"type":"subscribe","channel":"invalid-channel"}"#) == [
                #"{"type":"error","message":"Invalid channel format: invalid-channel"}"#
            ])
        #expect(
            stage.say(#"{"type":"subscribe","channel":"order:ORDER_ID"}"#) == [
                #"{"type":"error","message":"Not authorized to subscribe to: order:ORDER_ID"}"#
            ])
        #expect(stage.port.closes.isEmpty)
    }

    @Test(arguments: [
        ("{", "Invalid message format"), ("", "Invalid message format"), ("[]", "Invalid message format"),
        (#""ping""#, "Invalid message format"), ("null", "Invalid message format"),
        (#"{"type":"ping"} x"#, "Invalid message format"),
        ("{}", "Unknown message type: "), (#"{"type":"dance"}"#, "Unknown message type: dance"),
        (#"{"type":7}"#, "Unknown message type: 7"), (#"{"type":null}"#, "Unknown message type: null"),
        (#"{"type":"Ping"}"#, "Unknown message type: Ping"), (#"{"type":"subscribe"}"#, "Invalid channel format: "),
        (#"{"type":"subscribe","channels":[]}"#, "Invalid channel format: "),
        (#"{"type":"subscribe","channels":true}"#, "Invalid channel format: "),
        (#"{"type":"subscribe","channel":7}"#, "Invalid channel format: 7"),
        (#"{"type":"subscribe","channels":[{"a":[1]}]}"#, #"Invalid channel format: {\"a\":[1]}"#),
        (#"{"type":"subscribe","channels":[null]}"#, "Invalid channel format: null"),
        (#"{"type":"subscribe","channel":"a\"b\u0000"}"#, #"Invalid channel format: a\"b\u0000"#),
        (#"{"type":"state","channel":"order:1"}"#, "Not authorized to subscribe to: order:1"),
    ])
    func `a message that cannot be carried out is answered, and the connection stays (RNG-D06)`(
        message: String, words: String
    ) throws {
        let stage = try Stage.open()
        #expect(stage.say(message) == [#"{"type":"error","message":"\#(words)"}"#])
        #expect(stage.port.closes.isEmpty)
        #expect(stage.say(#"{"type":"ping"}"#).count == 1)
        #expect(stage.hub.statistics.messagesReceived == 2)
    }

    @Test func `a binary message is no message of this dialect`() throws {
        let stage = try Stage.open()
        Array(#"{"type":"ping"}"#.utf8).withUnsafeBytes { stage.session.received(binary: $0) }
        #expect(stage.port.texts == [#"{"type":"error","message":"Invalid message format"}"#])
        #expect(stage.port.closes.isEmpty)
    }

    @Test func `JSON nested too deep is refused, not walked into`() throws {
        let stage = try Stage.open()
        let deep = String(repeating: "[", count: 60_000)
        #expect(
            stage.say(#"{"type":"subscribe","channel":\#(deep)"#) == [
                #"{"type":"error","message":"Invalid message format"}"#
            ])
    }

    @Test func `a message with more channels than the rate allows is cut at the rate (RNG-067, RNG-D18)`() throws {
        let stage = try Stage.open(.protocolOfOrders { $0.limits.subscriptionRate = .init(count: 3, window: 60_000) })
        let names = (0..<5).map { "\"user:\($0)\"" }.joined(separator: ",")
        let answers = stage.say(#"{"type":"subscribe","channels":[\#(names)]}"#)
        #expect(answers.count == 5)
        #expect(answers[2] == #"{"type":"error","message":"Not authorized to subscribe to: user:2"}"#)
        #expect(answers[3...].allSatisfy { $0 == #"{"type":"error","message":"Rate limit exceeded"}"# })
        #expect(stage.port.closes.isEmpty)
    }

    // A port must not do this; the session stands it.
    @Test func `a message whose first channel ends the connection joins nothing with the others`() throws {
        let stage = try Stage.open(
            .protocolOfOrders { $0.errors = ErrorRules([.invalidChannel: .init(close: CloseCode(rawValue: 4400))]) })
        stage.port.afterClose = { stage.session.closed() }
        stage.say(#"{"type":"subscribe","channels":["nonsense","global"]}"#)
        #expect(stage.port.closes.map(\.code.rawValue) == [4400])
        #expect(stage.platform.subscriberCounts.isEmpty)
        #expect(stage.hub.statistics.connections == 0)
        stage.port.afterClose = nil
    }

    @Test func `records are answered for the channels that the user may see`() throws {
        let stage = try Stage.open()
        let order = #"{"orderId":"7","buyerDid":"did:x:ann"}"#
        try stage.publish("order.created", order)
        #expect(
            stage.say(#"{"type":"state","channels":["order:7","global"]}"#) == [
                #"{"one":\#(order),"all":{"order:7":\#(order),"global":null}}"#
            ])
    }

    @Test func `records that no queue holds are refused before they are gathered, and the connection stays`() throws {
        let stage = try Stage.open(.protocolOfOrders { $0.limits.queueByteCount = 100 })
        for number in 1...3 { try stage.publish("order.created", #"{"orderId":"\#(number)","buyerDid":"did:x:ann"}"#) }
        let refusal = #"{"type":"error","message":"Invalid message format"}"#
        #expect(stage.say(#"{"type":"state","channels":["order:1"]}"#) != [refusal])
        #expect(stage.say(#"{"type":"state","channels":["order:1","order:2","order:3"]}"#) == [refusal])
        #expect(stage.port.closes.isEmpty)
    }

    @Test func `the subscription's answer may hold the channel's record`() throws {
        let stage = try Stage.open(
            .protocolOfOrders {
                let each = Template(["state": .object([(key: "order", value: .path(.result(["record"])))])])
                $0.commands["subscribe"] = Command(
                    .subscribe(
                        channels: [.text(TextTemplate(parts: [.value(TemplatePath(.args(["channel"])))]))], each: each),
                    location: .test)
            })
        #expect(stage.say(#"{"type":"subscribe","channel":"global"}"#) == [#"{"state":{"order":null}}"#])
        try stage.publish("order.created", #"{"orderId":"7","buyerDid":"did:x:ann"}"#)
        #expect(
            stage.say(#"{"type":"subscribe","channel":"order:7"}"#) == [
                #"{"state":{"order":{"orderId":"7","buyerDid":"did:x:ann"}}}"#
            ])
    }

    @Test func `a lost right is told with the frame of an ended subscription (RNG-D11)`() throws {
        let stage = try Stage.open()
        try stage.publish("order.created", #"{"orderId":"7","buyerDid":"did:x:ann"}"#)
        stage.say(#"{"type":"subscribe","channel":"order:7"}"#)
        stage.port.forget()
        let channel = try #require(ChannelName("order:7"))
        stage.platform.change([.removeMembers(channel: channel, users: [UserID("did:x:ann")])]) { _ in }
        stage.loop.run()
        #expect(stage.port.texts == [#"{"type":"unsubscribed","channel":"order:7","timestamp":"\#(self.now)"}"#])
    }
}
