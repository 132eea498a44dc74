// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

/// Events of clients that are commands: what is answered, in which order, and how often.
@Suite struct CommandTests {
    @Test func `the callback is answered first, then the contract's events follow in their order`() throws {
        let stage = try Stage.joined()
        #expect(
            stage.say(#"427["subscribe",{"channel":"room:1"}]"#) == [
                #"437[{"channels":["room:1"]}]"#, #"42["subscribed",{"channel":"room:1"}]"#,
                #"42["greeted",{"user":"ann"}]"#,
            ])
    }

    @Test func `without a callback there are the events alone`() throws {
        let stage = try Stage.joined()
        #expect(
            stage.say(#"42["subscribe",{"channel":"room:1"}]"#) == [
                #"42["subscribed",{"channel":"room:1"}]"#, #"42["greeted",{"user":"ann"}]"#,
            ])
    }

    @Test func `a command without an answer of its own calls back without arguments`() throws {
        let stage = try Stage.joined()
        #expect(stage.say(#"420["ping"]"#) == ["430[]"])
        #expect(stage.say(#"42["ping"]"#) == [])
    }

    @Test func `a refused command answers its callback and emits nothing, or emits its error`() throws {
        let stage = try Stage.joined()
        #expect(
            stage.say(#"421["subscribe",{"channel":"closed:1"}]"#)
                .map { $0.hasPrefix(#"431[{"error":{"code":"forbidden","message":""#) } == [true])
        #expect(
            stage.say(#"42["subscribe",{"channel":"closed:1"}]"#) == [
                #"42["error",{"code":"forbidden","action":"subscribe"}]"#
            ])
    }

    @Test func `the command's own refusal wins over the platform's, and that over the usual one`() throws {
        var stage = try Stage.joined(.rooms { $0.frames.fail = Template(["platform": .path(.errorCode)]) })
        #expect(stage.say(#"421["subscribe",{"channel":"closed:1"}]"#) == [#"431[{"platform":"forbidden"}]"#])
        stage = try Stage.joined(
            .rooms {
                $0.frames.fail = Template(["platform": .path(.errorCode)])
                $0.commands["subscribe"]?.socketIO.fail = Template(["command": .path(.errorCode)])
            })
        #expect(stage.say(#"421["subscribe",{"channel":"closed:1"}]"#) == [#"431[{"command":"forbidden"}]"#])
    }

    @Test(arguments: [
        (#"425["ping"]"#, nil), (#"425["ping",null]"#, nil), (#"425["ping",{},1,2]"#, nil),
        (#"425["ping",1]"#, "invalidMessage"), (#"425["ping",[]]"#, "invalidMessage"),
        (#"425["ping","x"]"#, "invalidMessage"), (#"425["unknown"]"#, "unknownCommand"),
        (#"425["__proto__",{}]"#, "unknownCommand"), (#"425[7,{}]"#, "unknownCommand"),
    ])
    func `the first argument is an object or nothing, and further ones say nothing`(
        packet: String, code: String?
    ) throws {
        let stage = try Stage.joined(.rooms { $0.frames.fail = Template(["code": .path(.errorCode)]) })
        #expect(stage.say(packet) == [code.map { #"435[{"code":"\#($0)"}]"# } ?? "435[]"])
    }

    @Test func `binary arguments are refused, and the connection goes on`() throws {
        let stage = try Stage.joined(.rooms { $0.frames.fail = Template(["code": .path(.errorCode)]) })
        #expect(stage.say(#"451-8["ping",{"file":{"_placeholder":true,"num":0}}]"#) == [])
        #expect(stage.say(binary: [1, 2, 3]) == [#"438[{"code":"binaryMessage"}]"#])
        #expect(stage.say(#"429["ping"]"#) == ["439[]"])
    }

    @Test func `of several channels all are subscribed or none`() throws {
        let stage = try Stage.joined(
            .rooms {
                $0.commands["several"] = Command(
                    .subscribe(channels: [.each(TemplatePath(.args(["channels"])))], each: Template([:])),
                    location: .test)
            })
        #expect(stage.say(#"421["several",{"channels":["room:1","closed:1"]}]"#).count == 1)
        #expect(try stage.publish("said", "{}", to: "room:1") == [])
        #expect(stage.say(#"422["several",{"channels":["room:1","room:2"]}]"#) == ["432[]"])
        #expect(try stage.publish("said", "{}", to: "room:2").count == 1)
    }
}
