// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

/// Names that stand for all of a pattern, and what goes with them.
@Suite struct SelectionRulesTests {
    private static let channels = """
        contract: shop
        listen: { port: 1, websocket: /ws }
        auth: { mode: none }
        channels:
          "service:{service}": { subscribe: everyone, all: "*" }
          "role:{role}": { internal: true }
        """

    private func outcome(_ text: String) -> ContractLoader.Outcome {
        ContractLoader(environment: [:]).outcome(of: "\(Self.channels)\n\(text)", file: "c.yaml")
    }

    private func definition(_ text: String) throws -> PlatformDefinition {
        let outcome = self.outcome(text)
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    @Test func `ORI-025 a pattern has a name that stands for all of it`() throws {
        let definition = try self.definition("")
        #expect(definition.match("service:*")?.isWildcard == true)
        #expect(definition.match("service:auth")?.isWildcard == false)
        #expect(definition.match("role:*")?.isWildcard == false)
    }

    @Test(arguments: [
        (#"a: { subscribe: everyone, all: "*" }"#, "\"all\" is the value of the pattern's one parameter"),
        (#""a:{b}:{c}": { subscribe: everyone, all: "*" }"#, "\"all\" is the value of the pattern's one parameter"),
        (#""a:{b}": { subscribe: member, all: "*" }"#, "who may hear all channels must not depend on their names"),
        (
            #""a:{b}": { subscribe: everyone, exists: byRecord, all: "*" }"#,
            "\"exists\" is about single channels, \"all\" about all of them"
        ),
    ])
    func `a name that cannot stand for all is refused`(channel: String, message: String) {
        let text = """
            contract: shop
            listen: { port: 1, websocket: /ws }
            auth: { mode: none }
            channels: { \(channel) }
            """
        let outcome = ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml")
        #expect(outcome.faults.map(\.message) == [message])
    }

    @Test func `ORI-033 ORI-D12 joins name one channel for each element of an array, and may end with a subscription`()
        throws
    {
        let definition = try self.definition(
            #"connect: { joins: [ "role:{user.roles[]}", { channel: "service:*", until: subscribe } ] }"#)
        guard case .channels(let roles, false, _) = definition.joins[0],
            case .channels(.text, true, _) = definition.joins[1]
        else {
            Issue.record("\(definition.joins)")
            return
        }
        var scope = TemplateScope(now: nil)
        scope.identity = Identity(user: UserID("ann"), roles: ["admin", "ops"])
        #expect([roles].names(in: scope) == ["role:admin", "role:ops"])
    }

    @Test func `ORI-027 a record's operation says how records are called and told`() throws {
        let definition = try self.definition(
            """
            commands:
              status:
                does: record
                channels: [ "service:{args.services[]}" ]
                by: "{channel.service}"
                item: { status: "{result.record.status}" }
                missing: { status: unknown, at: "{now}" }
                reply: "{result.records}"
            """)
        guard case .record(let record)? = definition.commands["status"]?.operation else {
            Issue.record("another operation")
            return
        }
        #expect(record.key != nil && record.item != nil && record.missing != nil)
        let faults = self.outcome(
            "commands: { s: { does: record, channels: [ \"service:a\" ], item: \"{result.records}\", reply: 1 } }"
        ).faults
        #expect(faults.count == 1)
    }

    @Test func `ORI-D09 ORI-D19 ORI-D20 expiry, silence and requests are read`() throws {
        let definition = try self.definition(
            """
            limits:
              idle: { after: 15m, counts: both }
              subscriptions: { rate: 10/min per connection, counts: requests }
            events: { gone: { to: [ "service:{service?}" ], endsConnections: 5s } }
            """)
        #expect(definition.limits.idle == 900_000 && definition.limits.idleCountsBoth)
        #expect(definition.limits.subscriptionRequests == .init(count: 10, window: 60_000))
        #expect(definition.limits.subscriptionRate == nil)
        #expect(definition.events["gone"]?.endsConnectionsAfter == 5000)
    }

    @Test func `ORI-D09 clients are told that their token has expired`() throws {
        func outcome(_ expiry: String, listen: String = "socketio: /socket.io") -> ContractLoader.Outcome {
            let text = """
                contract: shop
                listen: { port: 1, \(listen) }
                auth: { required: false, \(expiry) }
                frames: { expired: { type: expired, user: "{user.id}" } }
                channels: { global: { subscribe: everyone } }
                """
            return ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml")
        }
        let read = outcome(#"expiry: { grace: 5s, emit: { "session:over": { id: "{user.id}" } } }"#)
        let notice = try #require(read.definition?.auth.expiryNotice, "\(read.faults)")
        #expect(notice.grace == 5000 && notice.emits.map(\.event) == ["session:over"])
        #expect(notice.revokedEmits.isEmpty)
        #expect(read.definition?.frames.expired != nil)
        let telling = outcome(#"expiry: { grace: 5s, revoked: { "session:over": { id: "{user.id}" } } }"#)
        #expect(
            telling.definition?.auth.expiryNotice?.revokedEmits.map(\.event) == ["session:over"], "\(telling.faults)")
        for faulty in [
            outcome("onExpiry: close"), outcome("onExpiry: keep, expiry: { grace: 5s }"),
            outcome("expiry: { grace: 5s, emit: { over: 1 } }", listen: "websocket: /ws"),
            outcome("expiry: { grace: 5s, emit: { disconnect: 1 } }"),
            outcome("expiry: { grace: 5s, revoked: { over: 1 } }", listen: "websocket: /ws"),
            outcome("expiry: { grace: 5s, revoked: { disconnect: 1 } }"),
        ] { #expect(faulty.faults.count == 1, "\(faulty.faults)") }
    }
}
