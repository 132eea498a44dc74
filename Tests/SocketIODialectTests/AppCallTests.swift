// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Realtime
import Testing

/// Clients' events that apps answer.
@Suite struct AppCallTests {
    private static func stage(
        _ definition: PlatformDefinition = .quiz()
    ) throws -> (stage: Stage, calls: RecordingCalls) {
        let stage = try Stage.joined(definition)
        let calls = RecordingCalls()
        stage.platform.appServices.exchange(calls)
        return (stage, calls)
    }

    @Test func `ROOM-041 the app is told who asks what where, and its answer is the callback's`() throws {
        let (stage, calls) = try Self.stage()
        #expect(stage.say(#"427["quiz:answer_submit",{"roomId":"r1","answer":"Paris"}]"#) == [])
        let body = try #require(calls.bodies.first)
        let members = body.members.map(\.name)
        #expect(
            members == [
                "type", "id", "platform", "app", "event", "channel", "parameters", "user", "connection", "with",
                "receivedAt", "data",
            ])
        #expect(body["type"]?.string == "call")
        #expect(body["id"]?.string?.isEmpty == false)
        #expect(body["platform"]?.string == "rooms")
        #expect(body["app"]?.string == "app_quiz_v1")
        #expect(body["event"]?.string == "quiz:answer_submit")
        #expect(body["channel"]?.string == "room:r1")
        #expect(body["parameters"]?["roomId"]?.string == "r1")
        #expect(body["user"]?["id"]?.string == "ann")
        #expect(body["with"]?["room"]?.isNull == true)
        #expect(
            body["data"].map { String(decoding: $0.rawBytes, as: UTF8.self) } == #"{"roomId":"r1","answer":"Paris"}"#)
        #expect(body["receivedAt"]?.string.flatMap { Timestamp($0) } != nil)
        calls.answer(0, .success(#"{"success":true,"rank":1}"#))
        #expect(stage.engine.takeSent() == [#"437[{"success":true,"rank":1}]"#])
    }

    @Test(arguments: ["null", "7", #""yes""#, "[]", #"{"a":{"b":[1]}}"#])
    func `an answer is any JSON`(text: String) throws {
        let (stage, calls) = try Self.stage()
        stage.say(#"421["quiz:x",{"roomId":"r1"}]"#)
        calls.answer(0, .success(text))
        #expect(stage.engine.takeSent() == ["431[\(text)]"])
    }

    @Test func `without a callback the app is asked all the same, and only an error is told`() throws {
        let (stage, calls) = try Self.stage()
        stage.say(#"42["quiz:x",{"roomId":"r1"}]"#)
        stage.say(#"42["quiz:x",{"roomId":"r1"}]"#)
        calls.answer(0, .success("1"))
        #expect(stage.engine.takeSent() == [])
        calls.answer(1, .failure(RequestError(.appFailed, "x")))
        #expect(stage.engine.takeSent() == [#"42["error",{"code":"appFailed","action":"quiz:x"}]"#])
    }

    @Test func `a failure is told with its code and its reason`() throws {
        let (stage, calls) = try Self.stage()
        stage.say(#"421["quiz:x",{"roomId":"r1"}]"#)
        calls.answer(0, .failure(RequestError(.appUnavailable, "x", reason: "late")))
        #expect(stage.engine.takeSent() == [#"431[{"code":"appUnavailable","reason":"late"}]"#])
    }

    @Test func `whoever has gone is answered nothing`() throws {
        let (stage, calls) = try Self.stage()
        stage.say(#"421["quiz:x",{"roomId":"r1"}]"#)
        stage.say("41")
        calls.answer(0, .success("1"))
        stage.loop.run()
        #expect(stage.engine.takeSent() == [])
    }

    @Test func `one connection has eight calls under way, and more are refused until one is answered`() throws {
        let (stage, calls) = try Self.stage()
        for number in 10..<18 { #expect(stage.say("42\(number)[\"quiz:x\",{\"roomId\":\"r1\"}]") == []) }
        #expect(
            stage.say(#"4218["quiz:x",{"roomId":"r1"}]"#) == [#"4318[{"code":"appUnavailable","reason":"busy"}]"#])
        #expect(calls.bodies.count == 8)
        calls.answer(3, .success("1"))
        #expect(stage.engine.takeSent() == ["4313[1]"])
        #expect(stage.say(#"4219["quiz:x",{"roomId":"r1"}]"#) == [])
        #expect(calls.bodies.count == 9)
    }

    @Test func `answers may come in any order`() throws {
        let (stage, calls) = try Self.stage()
        stage.say(#"421["quiz:x",{"roomId":"r1"}]"#)
        stage.say(#"422["quiz:x",{"roomId":"r1"}]"#)
        calls.answer(1, .success("2"))
        calls.answer(0, .success("1"))
        #expect(stage.engine.takeSent() == ["432[2]", "431[1]"])
    }

    // MARK: Which app

    @Test func `an event that is a command by its full name goes to no app`() throws {
        let (stage, calls) = try Self.stage(.quiz { $0.commands["quiz:ping"] = $0.commands["ping"] })
        #expect(stage.say(#"421["quiz:ping",{}]"#) == ["431[]"])
        #expect(calls.bodies.isEmpty)
    }

    @Test(arguments: ["quizz:x", "lottery:x", "quiz", "quiz:", ":x", "{app}:*", "app:publish"])
    func `no app, no answer but an unknown command`(event: String) throws {
        let (stage, calls) = try Self.stage()
        #expect(stage.say(#"421["\#(event)",{"roomId":"r1"}]"#) == [#"431[{"code":"unknownCommand","reason":null}]"#])
        #expect(calls.bodies.isEmpty)
    }

    @Test func `an app is asked about its rooms alone, whose names are compared by their bytes`() throws {
        var app = App.quiz
        app.rooms = ["caf\u{e9}"]
        var (stage, calls) = try Self.stage(.quiz(app))
        let refused = [#"431[{"code":"appForbidden","reason":null}]"#]
        #expect(stage.say("421[\"quiz:x\",{\"roomId\":\"cafe\u{301}\"}]") == refused)
        #expect(stage.say("421[\"quiz:x\",{\"roomId\":\"caf\u{e9}\"}]") == [])
        #expect(calls.bodies.count == 1)
        (stage, calls) = try Self.stage(
            .quiz { $0.apps?.channel = ChannelPattern(parts: [.literal("hall:"), .parameter("id")]) })
        #expect(stage.say(#"421["quiz:x",{"roomId":"r1"}]"#) == refused)
        #expect(calls.bodies.isEmpty)
    }

    @Test func `an app without the permission, or without this room, is not asked`() throws {
        var app = App.quiz
        app.permissions = ["realtime:publish"]
        var (stage, calls) = try Self.stage(.quiz(app))
        #expect(stage.say(#"421["quiz:x",{"roomId":"r1"}]"#) == [#"431[{"code":"appForbidden","reason":null}]"#])
        #expect(calls.bodies.isEmpty)
        app = .quiz
        app.rooms = ["r2"]
        (stage, calls) = try Self.stage(.quiz(app))
        #expect(stage.say(#"421["quiz:x",{"roomId":"r1"}]"#) == [#"431[{"code":"appForbidden","reason":null}]"#])
        #expect(stage.say(#"421["quiz:x",{"roomId":"r2"}]"#) == [])
        #expect(calls.bodies.count == 1)
    }

    @Test func `where nobody reaches apps they are unavailable`() throws {
        let stage = try Stage.joined(.quiz())
        #expect(stage.say(#"421["quiz:x",{"roomId":"r1"}]"#) == [#"431[{"code":"appUnavailable","reason":null}]"#])
    }

    // MARK: Which channel

    @Test func `ROOM-068 nobody asks about a channel that he may not hear`() throws {
        let (stage, calls) = try Self.stage(
            .quiz { $0.channels[0].subscribe = [SubscribeRule(.member, location: .test)] })
        #expect(stage.say(#"421["quiz:x",{"roomId":"r1"}]"#) == [#"431[{"code":"forbidden","reason":null}]"#])
        #expect(calls.bodies.isEmpty)
    }

    @Test func `a question leads to the room where the app asked it`() throws {
        let (stage, calls) = try Self.stage()
        let app = try #require(stage.platform.apps.app("app_quiz_v1"))
        for (room, question) in [("r1", "q1"), ("r2", "q2")] {
            try stage.publish(
                as: app, #"{"event":"quiz:question","roomId":"\#(room)","data":{"questionId":"\#(question)"}}"#)
        }
        stage.say(#"421["quiz:x",{"questionId":"q2","roomId":"elsewhere"}]"#)
        stage.say(#"421["quiz:x",{"questionId":"q1"}]"#)
        stage.say(#"421["quiz:x",{"questionId":"q3","roomId":"r3"}]"#)
        #expect(calls.bodies.compactMap { $0["channel"]?.string } == ["room:r2", "room:r1", "room:r3"])
        #expect(stage.say(#"421["quiz:x",{"questionId":"q3"}]"#) == [#"431[{"code":"invalidMessage","reason":null}]"#])
    }

    @Test func `the only room that the connection hears is meant, in whatever namespace it joined`() throws {
        let (stage, calls) = try Self.stage()
        let none = #"431[{"code":"invalidMessage","reason":null}]"#
        #expect(stage.say(#"421["quiz:x",{}]"#) == [none])
        stage.say(#"40/more,{"token":"ann"}"#)
        stage.say(#"42/more,["subscribe",{"channel":"room:r1"}]"#)
        stage.say(#"421["quiz:x",{}]"#)
        #expect(calls.bodies.compactMap { $0["channel"]?.string } == ["room:r1"])
        stage.say(#"42["subscribe",{"channel":"room:r1"}]"#)
        #expect(stage.say(#"421["quiz:x",{}]"#) == [])
        stage.say(#"42["subscribe",{"channel":"room:r2"}]"#)
        #expect(stage.say(#"421["quiz:x",{}]"#) == [none])
        stage.say("41/more,")
        stage.say(#"42["subscribe",{"channel":"room:r1"}]"#)
        #expect(stage.say(#"421["quiz:x",{}]"#) == [none])
    }
}

extension Stage {
    /// Publishes as an app does over its connection.
    func publish(as app: App, _ args: String) throws {
        let command = try #require(self.platform.definition.appCommands["app:publish"])
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        let document = try JSONDocument(parsing: args)
        scope.args = document.root
        self.platform.run(command.operation, in: scope, as: .app(app)) { result in
            if case .failure(let error) = result { Issue.record("\(error)") }
        }
        self.loop.run()
    }
}
