// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import Realtime
import Testing

/// A client's way into namespaces, and out of them.
@Suite struct NamespaceTests {
    @Test func `whoever is known joins, and is told his id and what the contract says first`() throws {
        let stage = try Stage(.rooms { $0.frames.connected = Template(["user": .path(.userID)]) })
        let sent = stage.say(#"40{"token":"ann"}"#)
        #expect(sent.count == 2)
        #expect(sent.first?.hasPrefix(#"40{"sid":""#) == true)
        #expect(sent.last == #"42["connected",{"user":"ann"}]"#)
        #expect(sent.first?.contains(stage.engine.id) == false)
    }

    @Test func `whoever is not known is refused with the platform's code, and may try again`() throws {
        let stage = try Stage(.rooms { $0.frames.refused = Template(["message": .path(.errorCode)]) })
        #expect(stage.say("40{}") == [#"44{"message":"unauthenticated"}"#])
        #expect(stage.say(#"40{"token":"ann"}"#).first?.hasPrefix("40{") == true)
    }

    @Test func `a connection that is refused ten times ends`() throws {
        let stage = try Stage()
        for _ in 0..<9 { stage.say("40{}") }
        #expect(stage.engine.closed == nil)
        stage.say("40{}")
        #expect(stage.engine.closed?.reason == .forcedClose)
    }

    @Test func `an unknown namespace is refused in the reference's words, and a closed one with its error`() throws {
        let stage = try Stage.joined(.rooms { $0.frames.refused = Template(["message": .path(.errorCode)]) })
        #expect(stage.say(#"40/unknown,{"token":"ann"}"#) == [#"44/unknown,{"message":"Invalid namespace"}"#])
        #expect(stage.say(#"40/admin,{"token":"ann"}"#) == [#"44/admin,{"message":"forbidden"}"#])
    }

    @Test func `whoever has left hears nothing more and is answered nothing`() throws {
        let stage = try Stage.joined()
        stage.say(#"42["subscribe",{"channel":"room:1"}]"#)
        #expect(try stage.publish("said", "{}", to: "room:1").count == 1)
        #expect(stage.say("41") == [])
        #expect(try stage.publish("said", "{}", to: "room:1") == [])
        #expect(stage.say(#"421["ping"]"#) == [])
    }
}
