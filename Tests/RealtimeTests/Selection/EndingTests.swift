// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

/// Connections that end with their token, with a publication, or because nothing passes.
@Suite struct EndingTests {
    @Test func `ORI-020 ORI-D09 a token that expires is told, and the connection ends when its time is over`() throws {
        let stage = try Stage(.market { $0.auth.expiryNotice = .init(grace: 5000) })
        let client = stage.connect("ann", expiresAt: ManualClock.start.milliseconds + 10_000)
        let other = stage.connect("bob")
        stage.advance(seconds: 9)
        #expect(client.lines.isEmpty)
        stage.advance(seconds: 2)
        #expect(client.lines == ["expired"])
        stage.advance(seconds: 3)
        #expect(client.port.recording.closes.isEmpty)
        stage.advance(seconds: 3)
        #expect(client.port.recording.closes.count == 1)
        #expect(client.lines.first == "expired" && client.lines.count == 2, "told once, then the error")
        #expect(other.lines.isEmpty && other.port.recording.closes.isEmpty)
    }

    @Test func `ORI-D09 an event ends the connections that it reaches, not those that come after it`() throws {
        let stage = try Stage(
            .market {
                var event = EventType("said", to: ["topic:{topic}"])
                event.endsConnectionsAfter = 5000
                $0.events["said"] = event
            })
        let (ann, bob) = (stage.connect("ann", to: ["topic:a"]), stage.connect("bob", to: ["topic:b"]))
        stage.say("said", #"{"topic":"a"}"#)
        let late = stage.connect("ann", to: ["topic:a"])
        stage.say("said", #"{"topic":"b","n":2}"#)
        #expect(ann.data == [#"{"topic":"a"}"#] && ann.port.recording.closes.isEmpty)
        stage.advance(seconds: 6)
        #expect(ann.port.recording.closes.count == 1 && bob.port.recording.closes.count == 1)
        #expect(late.port.recording.closes.isEmpty)
    }

    @Test func `ORI-046 ORI-D19 what a client is sent keeps its connection where the contract says so`() throws {
        for countsBoth in [true, false] {
            let stage = try Stage(
                .market {
                    $0.limits.idle = 10_000
                    $0.limits.idleCountsBoth = countsBoth
                })
            let (listener, silent) = (stage.connect("ann", to: ["topic:a"]), stage.connect("bob"))
            for _ in 0..<3 {
                stage.advance(seconds: 6)
                stage.say("said", #"{"topic":"a"}"#)
            }
            #expect(listener.port.recording.closes.isEmpty == countsBoth)
            #expect(silent.port.recording.closes.count == 1)
            stage.advance(seconds: 12)
            #expect(listener.port.recording.closes.count == 1)
        }
    }

    @Test func `ORI-044 ORI-D20 requests to subscribe count once, however many channels they name`() throws {
        let stage = try Stage(.market { $0.limits.subscriptionRequests = .init(count: 10, window: 60_000) })
        let client = stage.connect("ann")
        #expect((0..<10).allSatisfy { _ in client.session.admitSubscriptionRequest() == nil })
        let refusal = try #require(client.session.admitSubscriptionRequest())
        #expect(refusal.code == .rateLimited)
        #expect((1...120_000).contains(refusal.retryAfter ?? 0))
        #expect(stage.connect("ann").session.admitSubscriptionRequest() == nil)
        stage.advance(seconds: 121)
        #expect(client.session.admitSubscriptionRequest() == nil)
    }
}
