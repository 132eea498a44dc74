// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIO

/// Sessions on a loop whose time stands still, so that every millisecond can be seen.
@Suite struct HeartbeatTests {
    private final class Stage {
        let loop = EmbeddedEventLoop()
        let happenings = Happenings()
        let answers = Happenings()
        let endpoint: EngineEndpoint

        init(_ configuration: EngineConfiguration = EngineConfiguration()) {
            let happenings = self.happenings
            self.endpoint = EngineEndpoint(configuration) { EchoHandler($0, happenings) }
        }

        func ask(_ method: HTTPMethod, _ target: String, body: String = "") {
            let answers = self.answers
            let request = HTTPRequest(
                method: method, target: target, body: ByteBuffer(string: body), eventLoop: self.loop)
            self.endpoint.respond(to: request, on: self.loop) { answers.append(String(buffer: $0.body)) }
            self.loop.run()
        }

        /// What has been answered since the last call.
        private var seen = 0
        func newAnswers() -> [String] {
            defer { self.seen = self.answers.all.count }
            return Array(self.answers.all[self.seen...])
        }

        func open() throws -> String {
            self.ask(.get, EngineStage.polling)
            return EngineStage.polling + "&sid=" + (try EngineStage.sid(self.newAnswers().last ?? ""))
        }

        func advance(_ milliseconds: Int64) { self.loop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    @Test func `the first ping comes at the interval, the next one an interval behind the pong`() throws {
        let stage = Stage()
        let session = try stage.open()
        stage.ask(.get, session)
        stage.advance(24_999)
        #expect(stage.newAnswers() == [])
        stage.advance(1)
        #expect(stage.newAnswers() == ["2"])
        stage.ask(.get, session)
        stage.advance(7_000)
        stage.ask(.post, session, body: "3")
        #expect(stage.newAnswers() == ["ok"])
        #expect(stage.endpoint.gauges.pongsTotal == 1)
        #expect(stage.endpoint.gauges.pingMillisecondsTotal == 7_000)
        stage.advance(24_999)
        #expect(stage.newAnswers() == [])
        stage.advance(1)
        #expect(stage.newAnswers() == ["2"])
    }

    @Test func `a pong that does not come ends the session at the timeout, polled or not`() throws {
        for polls in [true, false] {
            let stage = Stage()
            let session = try stage.open()
            stage.advance(25_000)
            if polls {
                stage.ask(.get, session)
                #expect(stage.newAnswers() == ["2"])
                stage.ask(.get, session)
            }
            stage.advance(19_999)
            #expect(stage.happenings.all == ["opened polling"])
            stage.advance(1)
            #expect(stage.happenings.all == ["opened polling", "closed: ping timeout"])
            #expect(stage.newAnswers() == (polls ? ["1"] : []))
            stage.ask(.get, session)
            #expect(stage.newAnswers() == [#"{"code":1,"message":"Session ID unknown"}"#])
            #expect(stage.endpoint.gauges.pollingSessions == 0)
        }
    }

    @Test func `other traffic is no pong and holds up no ping`() throws {
        let stage = Stage()
        let session = try stage.open()
        for _ in 0..<25 {
            stage.advance(1_000)
            stage.ask(.post, session, body: "4x")
        }
        _ = stage.newAnswers()
        stage.ask(.get, session)
        #expect(stage.newAnswers().last?.contains("\u{1e}2\u{1e}") == false)
        stage.ask(.get, session)
        #expect(stage.newAnswers().last?.hasSuffix("\u{1e}2\u{1e}4x") == true)
        for _ in 0..<20 {
            stage.ask(.post, session, body: "4x")
            stage.advance(1_000)
        }
        #expect(stage.happenings.all.last == "closed: ping timeout")
    }

    @Test func `a pong that was not asked for moves nothing`() throws {
        let stage = Stage()
        let session = try stage.open()
        stage.advance(20_000)
        stage.ask(.post, session, body: "3")
        stage.ask(.get, session)
        _ = stage.newAnswers()
        stage.advance(5_000)
        #expect(stage.newAnswers() == ["2"])
    }

    @Test func `each of many sessions is pinged in its own time`() throws {
        let stage = Stage()
        var sessions: [String] = []
        for _ in 0..<50 {
            sessions.append(try stage.open())
            stage.ask(.get, sessions[sessions.count - 1])
            stage.advance(100)
        }
        _ = stage.newAnswers()
        stage.advance(25_000 - 50 * 100 - 1)
        for _ in 0..<50 {
            #expect(stage.newAnswers() == [])
            stage.advance(1)
            #expect(stage.newAnswers() == ["2"])
            stage.advance(99)
        }
    }

    @Test func `a session that was closed waits thirty seconds for its client to fetch the rest`() throws {
        let stage = Stage()
        let session = try stage.open()
        stage.ask(.post, session, body: "4goodbye")
        #expect(stage.happenings.all.last == "closed: forced close")
        stage.advance(29_999)
        stage.ask(.get, session)
        stage.ask(.get, session)
        stage.ask(.get, session)
        #expect(stage.newAnswers() == ["ok", "4goodbye", "1", #"{"code":1,"message":"Session ID unknown"}"#])

        let forgotten = try stage.open()
        stage.ask(.post, forgotten, body: "4goodbye")
        stage.advance(30_000)
        stage.ask(.get, forgotten)
        #expect(stage.newAnswers() == ["ok", #"{"code":1,"message":"Session ID unknown"}"#])
        #expect(stage.happenings.all.count(where: { $0.hasPrefix("closed") }) == 2)
    }
}
