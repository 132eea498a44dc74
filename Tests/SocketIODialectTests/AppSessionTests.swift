// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Synchronization
import Testing

/// Apps that take calls over connections of their own.
@Suite struct AppSessionTests {
    private static let auth = #"{"appId":"app_quiz_v1","token":"quiz key"}"#

    /// An app that has joined `/apps`.
    private static func joined(_ definition: PlatformDefinition = .quiz()) throws -> (Stage, RecordingCalls) {
        let stage = try Stage(definition)
        let calls = RecordingCalls()
        stage.platform.appServices.exchange(calls)
        stage.say("40/apps,\(Self.auth)")
        return (stage, calls)
    }

    private static func call(_ event: String, _ body: String) -> AppCall {
        AppCall(
            id: "c1", app: .quiz, event: event, body: Array(body.utf8), rules: AppCallRules(), caller: .connection(1))
    }

    /// What became of a call.
    private final class Outcome: Sendable {
        private let content = Mutex<[AppConnectionOutcome]>([])

        var texts: [String] {
            self.content.withLock { $0 }.map { outcome in
                switch outcome {
                case .answered(let text): String(decoding: text, as: UTF8.self)
                case .failed(let message): message
                default: "\(outcome)"
                }
            }
        }

        func note(_ outcome: AppConnectionOutcome) { self.content.withLock { $0.append(outcome) } }
    }

    /// Hands the app a call, with a second to answer.
    private static func send(_ event: String, _ body: String, to calls: RecordingCalls, on stage: Stage) -> Outcome {
        let outcome = Outcome()
        calls.connections.first?.send(
            Self.call(event, body), deadline: stage.loop.now + .seconds(1), completion: outcome.note)
        return outcome
    }

    // MARK: Connecting

    @Test func `an app joins with its id and its key`() throws {
        let (stage, calls) = try Self.joined()
        withExtendedLifetime(stage) { #expect(calls.connections.map(\.app.id) == ["app_quiz_v1"]) }
    }

    @Test(arguments: [
        "{}", #"{"appId":"app_quiz_v1"}"#, #"{"token":"quiz key"}"#, #"{"appId":"app_quiz_v1","token":"wrong"}"#,
        #"{"appId":"app_lottery_v1","token":"quiz key"}"#, #"{"appId":"app_quiz_v1","token":""}"#,
        #"{"appId":1,"token":["quiz key"]}"#, #"{"token":"ann"}"#,
    ])
    func `nobody else joins`(auth: String) throws {
        let stage = try Stage(.quiz { $0.frames.refused = Template(["message": .path(.errorCode)]) })
        let calls = RecordingCalls()
        stage.platform.appServices.exchange(calls)
        #expect(stage.say("40/apps,\(auth)") == [#"44/apps,{"message":"unauthenticated"}"#])
        #expect(calls.connections.isEmpty)
    }

    @Test func `an app is no client`() throws {
        let (stage, _) = try Self.joined()
        #expect(stage.say(#"42/apps,1["ping",{}]"#) == [#"43/apps,1[{"code":"unknownCommand","reason":null}]"#])
        #expect(
            stage.say(#"42/apps,2["quiz:x",{"roomId":"r1"}]"#) == [
                #"43/apps,2[{"code":"unknownCommand","reason":null}]"#
            ])
    }

    @Test func `the connection ends with the app's registration`() throws {
        let definition = PlatformDefinition.quiz()
        let (stage, calls) = try Self.joined(definition)
        var other = App.quiz
        other.keyHash = SecretText.key(of: "another key")
        _ = stage.platform.adopt(.quiz(other), dialects: stage.platform.dialects, gatheredOn: stage.loop)
        stage.loop.run()
        #expect(stage.engine.takeSent().contains("41/apps,"))
        #expect(calls.connections.isEmpty)
    }

    // MARK: Calls

    @Test func `a call is an event, and its ack is the answer, once`() throws {
        let (stage, calls) = try Self.joined()
        _ = stage.engine.takeSent()
        let first = Self.send("quiz:a", #"{"id":"c1"}"#, to: calls, on: stage)
        let second = Self.send("quiz:b", #"{"id":"c2"}"#, to: calls, on: stage)
        #expect(
            stage.engine.takeSent() == [
                #"42/apps,0["quiz:a",{"id":"c1"}]"#, #"42/apps,1["quiz:b",{"id":"c2"}]"#,
            ])
        stage.say(#"43/apps,1[{"rank":2},"more"]"#)
        stage.say(#"43/apps,0[1]"#)
        stage.say(#"43/apps,0[2]"#)
        stage.say(#"43/apps,99[3]"#)
        #expect(first.texts == ["1"])
        #expect(second.texts == [#"{"rank":2}"#])
        #expect(calls.ignored == 2)
    }

    @Test func `what is no answer is none`() throws {
        let (stage, calls) = try Self.joined()
        let outcomes = (0..<3).map { _ in Self.send("quiz:a", "{}", to: calls, on: stage) }
        stage.say("43/apps,0[]")
        stage.say("43/apps,1[\"\(String(repeating: "x", count: 70_000))\"]")
        _ = stage.say(#"461-/apps,2[{"_placeholder":true,"num":0}]"#)
        _ = stage.say(binary: [1])
        #expect(
            outcomes.map(\.texts) == [
                ["answered without a value"], ["answered with more than 65536 bytes"], ["answered with binary data"],
            ])
    }

    @Test func `an app that does not answer in time is late, and later ignored`() throws {
        let (stage, calls) = try Self.joined()
        let outcome = Self.send("quiz:a", "{}", to: calls, on: stage)
        stage.loop.advanceTime(by: .milliseconds(999))
        #expect(outcome.texts.isEmpty)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(outcome.texts == ["late"])
        stage.say("43/apps,0[1]")
        #expect(outcome.texts == ["late"])
        #expect(calls.ignored == 1)
    }

    @Test func `a call is lost with the connection, and not sent where there is none`() throws {
        let (stage, calls) = try Self.joined()
        let connection = try #require(calls.connections.first)
        let outcome = Self.send("quiz:a", "{}", to: calls, on: stage)
        stage.say("41/apps,")
        #expect(outcome.texts == ["lost"])
        #expect(calls.connections.isEmpty)
        let after = Outcome()
        connection.send(Self.call("quiz:a", "{}"), deadline: stage.loop.now + .seconds(1), completion: after.note)
        #expect(after.texts == ["unsent"])
    }

    // MARK: Publishing

    @Test func `an app publishes over its connection`() throws {
        let (stage, _) = try Self.joined()
        stage.say(#"40{"token":"ann"}"#)
        stage.say(#"42["subscribe",{"channel":"room:r1"}]"#)
        let sent = stage.say(#"42/apps,3["app:publish",{"event":"quiz:asked","roomId":"r1","data":{"n":1}}]"#)
        #expect(sent.contains(#"43/apps,3[{"channels":["room:r1"]}]"#))
        #expect(sent.contains { $0.hasPrefix(#"42["quiz:asked",{"n":1}"#) })
        #expect(stage.say(#"42/apps,4["app:publish"]"#) == [#"43/apps,4[{"code":"invalidMessage","reason":null}]"#])
        #expect(
            stage.say(#"42["app:publish",{"event":"quiz:asked","roomId":"r1"}]"#).first?.hasPrefix(#"42["error","#)
                == true)
    }
}
