// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime
import Testing

@Suite struct HeartbeatTests {
    @Test func `every connection is pinged every thirty seconds (RNG-050)`() throws {
        let stage = try Stage()
        let early = stage.connect("alice")
        stage.advance(seconds: 10)
        let late = stage.connect("bob")
        stage.advance(seconds: 19)
        #expect(early.port.recording.pings.isEmpty)
        stage.advance(seconds: 1)
        #expect(early.port.recording.pings.count == 1)
        #expect(late.port.recording.pings.isEmpty)
        stage.advance(seconds: 600)
        #expect(early.port.recording.pings.count == 21)
        #expect(late.port.recording.pings.count == 20)
    }

    @Test func `a ping says how long an answer may take (RNG-051)`() throws {
        let stage = try Stage(
            .market {
                $0.heartbeat.every = 2_000
                $0.heartbeat.timeout = 700
            })
        let client = stage.connect("alice")
        stage.advance(seconds: 4)
        #expect(client.port.recording.pings == [.milliseconds(700), .milliseconds(700)])
    }

    @Test func `a wall clock that is set back or ahead does not change the rhythm`() throws {
        let stage = try Stage()
        let client = stage.connect("alice")
        stage.clock.set(Timestamp(milliseconds: 0))
        stage.advance(seconds: 30)
        #expect(client.port.recording.pings.count == 1)
        stage.clock.set(Timestamp(milliseconds: 4_000_000_000_000))
        stage.advance(seconds: 29)
        #expect(client.port.recording.pings.count == 1)
        stage.advance(seconds: 1)
        #expect(client.port.recording.pings.count == 2)
    }

    @Test func `who has left is not pinged, and pings go on for who comes after a silence`() throws {
        let stage = try Stage()
        let gone = stage.connect("alice")
        gone.session.close()
        stage.advance(seconds: 100)
        #expect(gone.port.recording.pings.isEmpty)
        let client = stage.connect("bob")
        stage.advance(seconds: 30)
        #expect(client.port.recording.pings.count == 1)
    }

    @Test func `a connection with a token that lives long is pinged and ended in time`() throws {
        let stage = try Stage()
        let client = stage.connect("alice", expiresAt: ManualClock.start.milliseconds + 95_000)
        stage.advance(seconds: 94)
        #expect(client.port.recording.pings.count == 3)
        #expect(client.port.recording.closes.isEmpty)
        stage.advance(seconds: 1)
        #expect(client.port.recording.closes.count == 1)
    }
}
