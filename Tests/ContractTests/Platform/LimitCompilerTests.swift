// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct LimitCompilerTests {
    private func limits(_ text: String, _ environment: [String: String] = [:]) throws -> LimitRules {
        try SmallContract.definition(adding: "limits: \(text)", environment: environment).limits
    }

    @Test func `everything about limits can be said`() throws {
        let limits = try self.limits(
            """
            {
              connections: [ 5 per user, 1000 per address ], attempts: [ { rate: 60/min per address, counts: refused }, 5/s per user ],
              messages: [ 100 per connection, { rate: 1000/min per user, exceeded: delay } ],
              publish: [ 10/s per user, 11/s per connection, 100/h per channel ], subscriptions: 60/min per connection,
              invalidMessages: 10/min, idle: 15m, lifetime: 24h, throttle: { from: 1s, to: 30s } }
            """)
        #expect(limits.connectionsPerUser == 5)
        #expect(limits.connectionsPerAddress == 1000)
        #expect(
            limits.attempts == [
                .init(.init(count: 60, window: 60_000), per: .address, countsRefused: true),
                .init(.init(count: 5, window: 1000), per: .user),
            ])
        #expect(
            limits.messages == [
                .init(.init(count: 100, window: 0), per: .connection),
                .init(.init(count: 1000, window: 60_000), per: .user, exceeding: .delay),
            ])
        #expect(
            limits.publishes == [
                .init(.init(count: 10, window: 1000), per: .user),
                .init(.init(count: 11, window: 1000), per: .connection),
                .init(.init(count: 100, window: 3_600_000), per: .channel),
            ])
        #expect(limits.subscriptionRate == .init(count: 60, window: 60_000))
        #expect(limits.invalidMessages == .init(count: 10, window: 60_000))
        #expect(limits.idle == 900_000)
        #expect(limits.lifetime == 86_400_000)
        #expect(limits.throttle == .init(first: 1000, longest: 30_000))
    }

    @Test func `PAY-055 a limit may come from a variable, and an empty one is none`() throws {
        let text = "{ messages: \"${M:-100/min} per connection\", idle: \"${I:-}\", connections: [ \"${C:-}\" ] }"
        let usual = try self.limits(text)
        #expect(usual.messages == [.init(.init(count: 100, window: 60_000), per: .connection)])
        #expect(usual.idle == nil)
        #expect(usual.connectionsPerUser == nil)
        let set = try self.limits(text, ["M": "7/s", "I": "5s", "C": "3 per user"])
        #expect(set.messages == [.init(.init(count: 7, window: 1000), per: .connection)])
        #expect(set.idle == 5000)
        #expect(set.connectionsPerUser == 3)
    }

    @Test func `without limits there are only bounds of memory`() throws {
        let limits = try self.limits("{}")
        #expect(limits.connectionsPerUser == nil)
        #expect(limits.attempts.isEmpty)
        #expect(limits.messages.isEmpty)
        #expect(limits.publishes.isEmpty)
        #expect(limits.invalidMessages == nil)
        #expect(limits.throttle == nil)
    }
}
