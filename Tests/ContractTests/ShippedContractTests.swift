// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Contract
import Foundation
import JSON
import JSONSchema
import Realtime
import Testing

/// `Contracts/rangkai.yaml` says what the document of the platform says.
@Suite struct ShippedContractTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Contracts/rangkai.yaml").standardizedFileURL.path

    static func text() throws -> String { try String(contentsOfFile: self.file, encoding: .utf8) }

    private func outcome(_ environment: [String: String] = [:], isProduction: Bool = false) -> ContractLoader.Outcome {
        ContractLoader(
            environment: environment.merging(["RANGKAI_JWT_SECRET": "secret"]) { given, _ in given },
            isProduction: isProduction
        )
        .outcome(file: Self.file)
    }

    private func definition(_ environment: [String: String] = [:]) throws -> PlatformDefinition {
        let outcome = self.outcome(environment)
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    private static let orderEvents = ["created", "paid", "shipped", "delivered", "completed", "cancelled"].map {
        "order.\($0)"
    }

    @Test(arguments: [false, true])
    func `the contract compiles without warnings, in production too`(isProduction: Bool) {
        let outcome = self.outcome(isProduction: isProduction)
        #expect(outcome.faults.isEmpty)
        #expect(outcome.definition != nil)
    }

    @Test func `RNG-001 it listens on port 3000 at ws, and pages of this machine may connect`() throws {
        let listener = try #require(try self.definition().listeners.first)
        #expect(listener.port == 3000)
        #expect(listener.host == nil)
        #expect(listener.path == "/ws")
        #expect(listener.origins == ["http://localhost:*", "http://127.0.0.1:*"])
        let other = try self.definition(["RANGKAI_PORT": "3100", "RANGKAI_ORIGINS": "https://rangkai.example"])
        #expect(other.listeners.first?.port == 3100)
        #expect(other.listeners.first?.origins == ["https://rangkai.example"])
    }

    @Test func `RNG-003 the token is read from the query, and its keys from the environment`() throws {
        let auth = try self.definition().auth
        #expect(auth.mode == .required)
        #expect(auth.credentials.map(\.place) == [.query("token")])
        #expect(auth.keys == [.secret("secret")])
        #expect(auth.onExpiry == .close)
        let keys = try self.definition(["RANGKAI_JWKS": "https://id.example/keys"]).auth.keys
        #expect(keys == [.secret("secret"), .jwksURL("https://id.example/keys", refresh: 600_000)])
    }

    @Test func `without any secret set the contract does not load, and says which variable`() {
        let outcome = ContractLoader(environment: [:]).outcome(file: Self.file)
        #expect(outcome.faults.map(\.message) == ["the variable RANGKAI_JWT_SECRET is not set"])
    }

    // MARK: Frames and errors

    private func scope() throws -> TemplateScope {
        var scope = TemplateScope(now: Timestamp(milliseconds: 1_762_344_000_000))
        scope.identity = Identity(user: UserID("did:rangkai:alice"), roles: [])
        scope.channel = "order:1"
        return scope
    }

    @Test func `RNG-005 RNG-012 RNG-029 RNG-049 frames have exactly the documented keys`() throws {
        let definition = try self.definition()
        var scope = try self.scope()
        func text(_ template: Template?) -> String {
            String(decoding: template?.rendered(in: scope) ?? [], as: UTF8.self)
        }
        let time = "2025-11-05T12:00:00.000Z"
        #expect(
            text(definition.frames.connected)
                == #"{"type":"connected","userId":"did:rangkai:alice","timestamp":"\#(time)"}"#)
        #expect(
            text(definition.frames.unsubscribed)
                == #"{"type":"unsubscribed","channel":"order:1","timestamp":"\#(time)"}"#)
        guard case .subscribe(_, _, let subscribed, _) = definition.commands["subscribe"]?.operation,
            case .unsubscribe(_, let unsubscribed, _) = definition.commands["unsubscribe"]?.operation,
            case .reply(let pong) = definition.commands["ping"]?.operation
        else {
            Issue.record("a command is missing")
            return
        }
        #expect(text(subscribed) == #"{"type":"subscribed","channel":"order:1","timestamp":"\#(time)"}"#)
        #expect(text(unsubscribed) == #"{"type":"unsubscribed","channel":"order:1","timestamp":"\#(time)"}"#)
        #expect(text(pong) == #"{"type":"pong","timestamp":"\#(time)"}"#)
        #expect(definition.commands.count == 3)
        let data = try JSONDocument(parsing: #"{"orderId":"1"}"#)
        scope.publication = .init(event: "order.paid", data: data.root, id: "x", time: scope.now)
        #expect(
            text(definition.frames.publication)
                == #"{"event":"order.paid","data":{"orderId":"1"},"timestamp":"\#(time)"}"#)
    }

    @Test(arguments: [
        (RequestError.Code.unauthenticated, "Authentication required", 4001 as UInt16?),
        (.expired, "Authentication required", 4001),
        (.invalidMessage, "Invalid message format", nil),
        (.unknownCommand, "Unknown message type: shout", nil),
        (.invalidChannel, "Invalid channel format: order:1", nil),
        (.forbidden, "Not authorized to subscribe to: order:1", nil),
        (.rateLimited, "Rate limit exceeded", nil),
    ])
    func `RNG-008 RNG-027 RNG-028 errors have the documented words and codes`(
        code: RequestError.Code, message: String, close: UInt16?
    ) throws {
        let rule = try self.definition().errors[code]
        var scope = try self.scope()
        scope.args = try JSONDocument(parsing: #"{"type":"shout"}"#).root
        #expect(rule.message?.text(in: scope) == message)
        #expect(rule.close?.rawValue == close)
        #expect(rule.reason == nil)
    }

    @Test func `RNG-050 RNG-067 heartbeat and limits are the documented ones`() throws {
        let definition = try self.definition()
        #expect(definition.heartbeat.every == 30_000)
        #expect(definition.limits.subscriptionRate == .init(count: 60, window: 60_000))
    }

    // MARK: Channels

    @Test(arguments: [
        ("order:7b0c", "order:{orderId}"), ("user:did:rangkai:abc", "user:{did}"), ("dispute:1", "dispute:{disputeId}"),
        ("proposal:1", "proposal:{proposalId}"), ("shipment:1", "shipment:{shipmentId}"), ("global", "global"),
    ])
    func `RNG-015 RNG-017 RNG-019 RNG-021 RNG-023 RNG-025 every kind of channel is known`(name: String, pattern: String)
        throws
    {
        #expect(try self.definition().match(name)?.rules.pattern.description == pattern)
    }

    @Test(arguments: ["invalid-channel", "order:", "orders:1", "global:1", "user", ""])
    func `RNG-027 any other name is no channel`(name: String) throws {
        #expect(try self.definition().match(name) == nil)
    }

    @Test func `RNG-016 RNG-018 RNG-022 RNG-026 the rights are the documented ones`() throws {
        let definition = try self.definition()
        func rights(_ name: String) -> [String] {
            (definition.match(name)?.rules.subscribe ?? []).map { rule in
                switch rule.kind {
                case .everyone: "everyone"
                case .member: "member"
                case .memberOf(let channel): "member of \(channel)"
                case .user(let user): "user \(user)"
                case .role(let role): "role \(role)"
                case .claims(let claims): "claims \(claims)"
                case .mode(let mode): "mode \(mode)"
                case .ask(let rule): "ask \(rule.url)"
                }
            }
        }
        #expect(rights("order:1") == ["member"])
        #expect(rights("user:did:rangkai:a") == ["user {did}"])
        #expect(rights("dispute:1") == ["member"])
        #expect(rights("proposal:1") == ["role governance_signer", "member of signers"])
        #expect(rights("shipment:1") == ["member"])
        #expect(rights("global") == ["everyone"])
        #expect(rights("signers") == [])
        #expect(definition.channels.filter(\.acceptsUndeclaredEvents).map(\.pattern.description) == ["global"])
        #expect(definition.userChannel?.description == "user:{did}")
    }

    // MARK: Events

    private static func routes(of event: EventType) -> [String] {
        event.routes.map { route in
            switch route {
            case .channel(let name, _): name.description
            case .membersOf(let source, let target, _, _): "\(target) of \(source)"
            case .companionsOf(let user, let pattern, let target, _): "\(target) with \(user) in \(pattern)"
            }
        }
    }

    @Test func `RNG-030 RNG-D09 RNG-D14 every event goes where the document says`() throws {
        let events = try self.definition().events
        let parties = ["user:{buyerDid}", "user:{vendorDid}"]
        var expected: [String: [String]] = [
            "rating.submitted": parties, "rating.revealed": parties, "announcement": ["global"],
            "proposal.created": ["proposal:{proposalId}", "global"], "proposal.voted": ["proposal:{proposalId}"],
            "proposal.approved": ["proposal:{proposalId}", "global"],
            "proposal.executed": ["proposal:{proposalId}", "global"],
        ]
        for event in Self.orderEvents { expected[event] = ["order:{orderId}"] + parties }
        for event in ["filed", "vendor_responded", "resolved"] {
            expected["dispute.\(event)"] = ["dispute:{disputeId}"] + parties
        }
        for event in ["created", "tracking_updated", "delivered"] {
            expected["shipment.\(event)"] = ["shipment:{shipmentId}", "user:{member} of order:{orderId}"]
        }
        #expect(events.mapValues(Self.routes) == expected)
    }

    @Test func `RNG-016 RNG-020 RNG-024 who belongs to a channel is learned from events`() throws {
        let effects = try self.definition().events.mapValues { event in
            event.memberEffects.map { effect in
                switch effect.change {
                case .add(let users): "\(effect.channel) + \(users)"
                case .remove(let users): "\(effect.channel) - \(users)"
                case .link(let channel): "\(effect.channel) = \(channel)"
                }
            }
        }.filter { !$0.value.isEmpty }
        let shipments = ["shipment:{shipmentId} = order:{orderId}"]
        #expect(
            effects == [
                "order.created": ["order:{orderId} + [{buyerDid}, {vendorDid}]"],
                "dispute.filed": ["dispute:{disputeId} + [{buyerDid}, {vendorDid}]"],
                "shipment.created": shipments, "shipment.tracking_updated": shipments, "shipment.delivered": shipments,
            ])
    }

    @Test func `every event has an example that fits its schema, and one order runs through them`() throws {
        let events = try self.definition().events
        for event in events.values {
            #expect(!event.examples.isEmpty, "\(event.name)")
            for example in event.examples {
                #expect(event.schema?.firstViolation(in: example.root) == nil)
                #expect(example.root["timestamp"]?.string.flatMap { Timestamp($0) } != nil, "\(event.name)")
            }
        }
        let orders = Set(events.values.flatMap { $0.examples.compactMap { $0.root["orderId"]?.string } })
        // One that is delivered and one that is cancelled.
        #expect(orders.count == 2)
    }

    @Test(arguments: [
        ("order.created", "status", #""paid""#), ("order.paid", "status", #""payment_pending""#),
        ("order.shipped", "orderNumber", "5"),
        ("shipment.tracking_updated", "estimatedDelivery", #""soon""#), ("dispute.filed", "status", #""closed""#),
        ("rating.submitted", "revealed", "true"), ("rating.revealed", "revealed", "false"),
        ("proposal.approved", "quorum", #""3""#),
    ])
    func `ALL-D16 a documented field with a wrong value is refused, a further field passes`(
        name: String, field: String, wrong: String
    ) throws {
        let event = try #require(try self.definition().events[name])
        let schema = try #require(event.schema)
        let example = try #require(event.examples.first)
        func changed(_ change: (String, [UInt8]) -> [UInt8]?) throws -> JSONDocument {
            var writer = JSONWriter()
            writer.beginObject()
            for member in example.root.members {
                guard let value = change(member.name, Array(member.value.rawBytes)) else { continue }
                writer.key(member.name)
                writer.raw(value)
            }
            writer.key("further")
            writer.bool(true)
            writer.endObject()
            return try JSONDocument(parsing: writer.bytes)
        }
        #expect(schema.firstViolation(in: try changed { $1 }.root) == nil)
        let violation = schema.firstViolation(in: try changed { $0 == field ? Array(wrong.utf8) : $1 }.root)
        #expect(violation?.instance.description == "/\(field)")
        #expect(schema.firstViolation(in: try changed { $0 == field ? nil : $1 }.root)?.keyword == "required")
    }

    @Test func `RNG-044 RNG-D12 rating_revealed waits for two ratings or seven days`() throws {
        let definition = try self.definition()
        let rule = try #require(definition.waits.first)
        #expect(definition.waits.count == 1)
        #expect(rule.event == "rating.revealed")
        #expect(rule.trigger == "rating.submitted")
        #expect(rule.key.description == "{orderId}")
        #expect(rule.item.description == "{ratingId}")
        #expect(rule.count == 2)
        #expect(rule.within == 7 * 86_400_000)
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.payload = try #require(definition.events["rating.submitted"]?.examples.first).root
        let payload = try JSONDocument(parsing: rule.data.rendered(in: scope))
        #expect(payload.root["revealed"]?.bool == true)
        #expect(definition.events["rating.revealed"]?.schema?.firstViolation(in: payload.root) == nil)
    }

    @Test func `RNG-D12 the wait can be shortened, and left to the backend`() throws {
        #expect(try self.definition(["RANGKAI_REVEAL_AFTER": "2s"]).waits.first?.within == 2000)
        #expect(try self.definition(["RANGKAI_REVEAL_RATINGS": "false"]).waits.isEmpty)
    }
}
