// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOEmbedded
import Testing

@testable import Realtime

/// Events that the contract does not declare, on a channel that takes those whose names have a form.
struct UndeclaredEventTests {
    private let stage: Stage

    init() throws {
        self.stage = try Stage(
            .market { definition in
                var room = ChannelRules("hall:{roomId}", .everyone, open: true)
                room.undeclaredEvents = ChannelPattern("{entity}:{action}")
                definition.channels = [room]
            })
    }

    @Test func `ROOM-014 a name of the form is delivered, a name of another form is refused`() {
        let ann = self.stage.connect("ann", to: ["hall:1"])
        #expect(self.stage.say("prize:shown", "{}") { $0.channels = ["hall:1"] }.receipt?.receivers == 1)
        for name in ["prize", "prize.shown", ":shown", "prize:"] {
            let error = self.stage.say(name, "{}") { $0.channels = ["hall:1"] }.error
            #expect(error?.code == .unknownEvent)
            #expect(
                error?.message.hasSuffix("hall:{roomId} takes others whose names have the form {entity}:{action}")
                    == true)
        }
        #expect(ann.data == ["{}"])
    }
}
