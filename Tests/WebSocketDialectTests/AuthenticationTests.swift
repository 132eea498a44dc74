// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Realtime
import Testing
import WebSocketDialect

struct AuthenticationTests {
    /// Never answers.
    private struct SilentDoor: Authenticator {
        func authenticate(
            _ credential: Credential?,
            on eventLoop: any EventLoop,
            completion: @escaping (Result<Identity?, RequestError>) -> Void
        ) {}
    }

    private static func definition(_ change: (inout AuthRules) -> Void = { _ in }) -> PlatformDefinition {
        .protocolOfOrders {
            $0.auth.firstMessage = AuthRules.FirstMessage(command: "AUTH", key: "token")
            change(&$0.auth)
        }
    }

    private static let refusal = #"{"type":"error","message":"Authentication required"}"#

    @Test func `BULK-016 an internal error closes with 1011`() throws {
        let stage = try Stage(door: BrokenDoor())
        stage.session.opened()
        stage.loop.run()
        let close = try #require(stage.port.closes.first)
        #expect(close.code == .internalError && close.code.rawValue == 1011)
        #expect(!stage.port.texts.contains { $0.contains("connected") })
    }

    @Test func `authentication that takes too long ends the connection (BULK-005)`() throws {
        let stage = try Stage(.protocolOfOrders { $0.auth.timeout = 3000 }, door: SilentDoor())
        stage.session.opened()
        stage.loop.advanceTime(by: .milliseconds(2999))
        #expect(stage.port.closes.isEmpty && stage.port.texts.isEmpty)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(stage.port.texts == [Self.refusal])
        #expect(stage.port.closes.map(\.code) == [CloseCode(rawValue: 4001)])
    }

    @Test func `whoever is known in time stays`() throws {
        let stage = try Stage(.protocolOfOrders { $0.auth.timeout = 3000 }, door: SlowDoor())
        stage.session.opened()
        stage.loop.run()
        stage.loop.advanceTime(by: .seconds(10))
        #expect(stage.port.texts.count == 1 && stage.port.closes.isEmpty)
    }

    @Test func `a connection that ends while it is authenticated leaves nothing behind`() throws {
        let stage = try Stage(door: SlowDoor())
        stage.session.opened()
        stage.session.closed()
        stage.loop.run()
        stage.loop.advanceTime(by: .seconds(60))
        #expect(stage.port.texts.isEmpty && stage.port.closes.isEmpty)
        #expect(stage.hub.statistics.connections == 0)
    }

    @Test(arguments: [true, false])
    func `the first message may bring the credential (BULK-D03)`(isSlow: Bool) throws {
        let stage = try Stage(
            Self.definition(), token: nil, door: isSlow ? SlowDoor() as any Authenticator : OpenDoor())
        stage.session.opened()
        #expect(stage.port.texts.isEmpty && stage.port.receiving.isEmpty)
        stage.say(#"{"type":"AUTH","token":"did:x:ann"}"#)
        stage.loop.run()
        #expect(stage.port.texts == [#"{"type":"connected","userId":"did:x:ann","timestamp":"\#(Stage.now)"}"#])
        #expect(stage.port.receiving == (isSlow ? [false, true] : [true]))
        #expect(stage.say(#"{"type":"AUTH","token":"did:x:bob"}"#).first?.contains("error") == true)
    }

    @Test(arguments: [
        #"{"type":"ping"}"#, #"{"type":"AUTH"}"#, #"{"type":"AUTH","token":""}"#, #"{"type":"AUTH","token":7}"#, "{",
        "[]",
        "7", #"{"type":["AUTH"],"token":"x"}"#, #"{"token":"did:x:ann"}"#, "",
    ])
    func `nothing else is accepted before it (BULK-003)`(message: String) throws {
        let stage = try Stage(Self.definition(), token: nil)
        stage.session.opened()
        #expect(stage.say(message) == [Self.refusal])
        #expect(stage.port.closes.count == 1)
        #expect(stage.say(#"{"type":"AUTH","token":"did:x:ann"}"#).isEmpty)
        #expect(stage.hub.statistics.connections == 0)
    }

    @Test func `a binary message is none either, and waiting ends (BULK-005)`() throws {
        let binary = try Stage(Self.definition(), token: nil)
        binary.session.opened()
        [UInt8(1)].withUnsafeBytes { binary.session.received(binary: $0) }
        #expect(binary.port.texts == [Self.refusal])
        let silent = try Stage(Self.definition(), token: nil)
        silent.session.opened()
        silent.loop.advanceTime(by: .seconds(10))
        #expect(silent.port.texts == [Self.refusal] && silent.port.closes.count == 1)
    }

    @Test func `a credential in the request counts, and a message is only waited for where one is needed`() throws {
        let known = try Stage(Self.definition())
        known.session.opened()
        #expect(known.port.texts.count == 1)
        let free = try Stage(Self.definition { $0.mode = .optional }, token: nil)
        free.session.opened()
        // This door wants a token all the same: it was asked at once.
        #expect(free.port.texts == [Self.refusal])
    }

    @Test func `a one-time token follows the welcome (PAY-076)`() throws {
        let stage = try Stage(
            .protocolOfOrders {
                $0.auth.resume = AuthRules.Resume(source: .query("resume"), age: 60_000)
                $0.frames.resume = Template([
                    "type": .text("token"), "token": .path(.resumeToken), "until": .path(.resumeExpiresAt),
                ])
            })
        stage.session.opened()
        stage.loop.run()
        let texts = stage.port.texts
        #expect(texts.count == 2 && texts[0].contains("connected"))
        #expect(texts[1].hasPrefix(#"{"type":"token","token":""#))
        #expect(texts[1].hasSuffix(#"","until":"2025-11-05T12:01:00.000Z"}"#))
    }
}

/// Cannot do its work.
private struct BrokenDoor: Authenticator {
    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        completion(.failure(RequestError(.internalError, "something of the server's is broken")))
    }
}
