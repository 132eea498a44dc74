// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime
import Testing

/// What a contract says besides channels, events and commands.
@Suite struct FurtherRulesTests {
    private static let channels = """
        contract: shop
        listen: { port: 1, websocket: /ws }
        auth: { mode: none }
        channels:
          "{name}": { subscribe: { mode: none }, publish: any }
          all: { internal: true, log: "{publication.event} on {channel.name}: {publication.data}" }
          "pool:{poolId}": { subscribe: member, slow: dropOldest }
          "price:{item}": { subscribe: { claim: { kind: [ a, b ] } }, clientPublish: [ member, { role: x } ],
            slow: { conflate: "{of.item}" }, history: { last: 3, for: 1m }, recover: true }
        """

    private func definition(_ text: String) throws -> PlatformDefinition {
        let outcome = ContractLoader(environment: [:]).outcome(of: "\(Self.channels)\n\(text)", file: "c.yaml")
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    @Test func `PAY-D10 a pattern that catches every name stands behind all others`() throws {
        let definition = try self.definition("")
        #expect(definition.channels.last?.pattern.description == "{name}")
        #expect(definition.match("all")?.rules.isInternal == true)
        #expect(definition.match("pool:1")?.rules.pattern.description == "pool:{poolId}")
        #expect(definition.match("payments")?.rules.pattern.description == "{name}")
        #expect(definition.match("payments")?.decide(for: nil, facts: MemberTable()).isAllowed == true)
    }

    @Test func `everything about delivery can be said of a channel`() throws {
        let definition = try self.definition("")
        let price = try #require(definition.match("price:1")?.rules)
        #expect(price.slow == .conflate(["of", "item"]))
        #expect(price.history?.isDurable == false)
        #expect(price.isRecoverable)
        #expect(price.clientPublish.count == 2)
        guard case .claims(let claims)? = price.subscribe.first?.kind else {
            Issue.record("another right")
            return
        }
        #expect(claims == ["kind": ["a", "b"]])
        #expect(definition.match("pool:1")?.rules.slow == .dropOldest)
        let all = try #require(definition.match("all")?.rules)
        #expect(all.subscribe.isEmpty)
        #expect(all.slow == .close)
        let data = try JSONDocument(parsing: #"{"a":1}"#)
        var scope = TemplateScope(now: nil)
        scope.channel = "all"
        scope.publication = .init(event: "e", data: data.root, id: nil, time: nil)
        withExtendedLifetime(data) { #expect(all.log?.text(in: scope) == #"e on all: {"a":1}"#) }
    }

    @Test func `ROOM-014 what is published undeclared may have to be named in a form`() throws {
        let definition = try self.definition(
            #"  "room:{roomId}": { subscribe: member, publish: "{entity}:{action}" }"#)
        let form = try #require(definition.match("room:1")?.rules.undeclaredEvents)
        #expect(["prize:created", "a:b", "a:b:c"].allSatisfy { form.match($0) != nil })
        #expect(["prize", "prize.created", ":created", "prize:", ""].allSatisfy { form.match($0) == nil })
        #expect(definition.match("x")?.rules.undeclaredEvents == nil)
    }

    @Test func `ROOM-D05 an error may have other words for a client that is not let in`() throws {
        let definition = try self.definition(
            #"errors: { notFound: { message: "No {error.channel}", refused: Room not found }, forbidden: { message: No } }"#
        )
        var scope = TemplateScope(now: nil)
        let error = RequestError(.notFound, "x", channel: "room:1")
        #expect(definition.describe(error, in: &scope) == "No room:1")
        #expect(definition.describe(error, in: &scope, isRefusal: true) == "Room not found")
        #expect(definition.describe(RequestError(.forbidden, "x"), in: &scope, isRefusal: true) == "No")
    }

    @Test func `connections are joined to channels by name and by membership`() throws {
        let joins = try self.definition(
            #"connect: { joins: [ all, "user:{user.id?}", { memberOf: "pool:{poolId}" } ] }"#
        )
        .joins
        #expect(joins.count == 3)
        guard case .channels(.text(let name), _, _) = joins[1], case .memberOf(let pattern, _) = joins[2] else {
            Issue.record("other joins")
            return
        }
        #expect(name.text(in: TemplateScope(now: nil)) == nil)
        #expect(pattern.description == "pool:{poolId}")
    }

    @Test func `presence, recovery, markup and lines of the log can be said`() throws {
        let definition = try self.definition(
            """
            presence: { event: seen, grace: 3s, data: { user: "{user.id}", status: "{presence.status}" } }
            recovery: { ask: query.ids, publication: { id: "{publication.position?}" } }
            markup: strip
            log: { started: up, connected: "+ {connection.id} {user.id}", disconnected: "${LINE:-}" }
            events:
              seen:
                to: [ { companionsOf: "{user}", in: "pool:{poolId}", as: "user:{member}" } ]
                ephemeral: true
                markup: keep
                data: { type: object, required: [ user, status ], properties: { user: { type: string }, status: {} } }
              told:
                to: [ { membersOf: "pool:{pool}", as: "pool:{member}", except: "{by?}" } ]
                inbox: { for: 2d }
                data: { type: object, required: [ pool ], properties: { pool: { type: string }, by: { type: string } } }
            """)
        #expect(definition.presence?.event == "seen")
        #expect(definition.presence?.grace == 3000)
        #expect(definition.recovery?.query == "ids")
        #expect(definition.markup == .strip)
        #expect(definition.log.started?.text(in: TemplateScope(now: nil)) == "up")
        #expect(definition.log.connected != nil)
        #expect(definition.log.disconnected == nil)
        let seen = try #require(definition.events["seen"])
        #expect(seen.isEphemeral)
        #expect(seen.markup == .keep)
        #expect(seen.inboxAge == nil)
        guard case .companionsOf(let user, let pattern, let target, _)? = seen.routes.first else {
            Issue.record("another route")
            return
        }
        #expect(
            [user.description, pattern.description, target.description] == ["{user}", "pool:{poolId}", "user:{member}"])
        let told = try #require(definition.events["told"])
        #expect(told.markup == .strip)
        #expect(told.inboxAge == 172_800_000)
        guard case .membersOf(_, _, let except?, _)? = told.routes.first else {
            Issue.record("another route")
            return
        }
        #expect(except.description == "{by?}")
    }

    @Test func `clients are told of no error where the frame is null`() throws {
        #expect(try self.definition("frames: { error: null }").frames.error == nil)
        #expect(try self.definition("").frames.error != nil)
    }

    @Test func `a warning tells of what nobody will notice`() {
        let outcome = ContractLoader(environment: [:]).outcome(
            of: """
                contract: shop
                listen: { port: 1, websocket: /ws }
                auth: { tokens: { jwt: query.t }, keys: { secret: s }, sessions: { cache: 1s } }
                channels: {}
                recovery: { ask: query.ids, publication: 1 }
                http: { "GET /inbox": { does: inbox, as: user, reply: 1 } }
                """, file: "c.yaml")
        #expect(outcome.faults.allSatisfy { $0.severity == .warning })
        #expect(
            outcome.faults.map(\.message) == [
                "no token is a session, so nobody looks at \"sessions\"", "no channel has anything to recover",
                "no event has an inbox, so this one stays empty",
            ])
    }
}
