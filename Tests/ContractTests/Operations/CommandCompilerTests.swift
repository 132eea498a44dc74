// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import JSONSchema
import Realtime
import Testing

@Suite struct CommandCompilerTests {
    static let channels = """
        channels:
          "room:{roomId}": { subscribe: member, clientPublish: member, publish: any, history: { last: 5, for: 1h }, recover: true }
          "user:{id}": { subscribe: { user: "{id}" } }
          global: { subscribe: everyone }
        events:
          said:
            to: [ "room:{roomId}" ]
            inbox: true
            data: { type: object, required: [ roomId ], properties: { roomId: { type: string } } }
        """

    static func definition(_ text: String) throws -> PlatformDefinition {
        let head = "contract: shop\nlisten: { port: 1, websocket: /ws }\nauth: { required: false }"
        let outcome = ContractLoader(environment: [:]).outcome(of: "\(head)\n\(self.channels)\n\(text)", file: "c.yaml")
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    private func operation(_ text: String) throws -> Realtime.Operation {
        try #require(try Self.definition("commands: { x: \(text) }").commands["x"]?.operation)
    }

    private func scope(_ args: String) throws -> (TemplateScope, JSONDocument) {
        let document = try JSONDocument(parsing: args)
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.args = document.root
        scope.newID = "n1"
        return (scope, document)
    }

    @Test func `a subscription may say since when`() throws {
        guard
            case .subscribe(_, let since, let each, nil) = try self.operation(
                #"{ does: subscribe, channels: "{args.c}", since: "{args.since?}", each: { r: "{result.recovered?}" } }"#
            )
        else {
            Issue.record("another operation")
            return
        }
        let (scope, document) = try self.scope(#"{"since":"p1"}"#)
        withExtendedLifetime(document) { #expect(since?.text(in: scope) == "p1") }
        #expect(since?.text(in: TemplateScope(now: nil)) == nil)
        #expect(each != nil)
    }

    @Test func `a call finds its channel in the contract's order, and says what the app is told besides`() throws {
        let definition = try Self.definition(
            """
            apps: { channel: "room:{roomId}", calls: { deadline: 3s, concurrency: 2, failures: 7, pause: 1m } }
            commands:
              "{app}:*":
                does: call
                channel: [ { published: q, value: "{args.q?}" }, "room:{args.roomId?}", { only: "room:{roomId}" } ]
                with: { room: { record: "room:{channel.roomId}" } }
                reply: "{result.a}"
              "app:publish": { does: publish, as: app, event: "{args.e}", channels: "room:{args.roomId}" }
            """)
        guard case .call(let call)? = definition.callCommand?.operation, call.channel.count == 3,
            case .published("q", _) = call.channel[0], case .text = call.channel[1],
            case .only(let pattern) = call.channel[2]
        else {
            Issue.record("another operation")
            return
        }
        #expect(pattern.description == "room:{roomId}")
        #expect(call.facts.map(\.name) == ["room"])
        #expect(definition.publishedFields == ["q"])
        #expect(definition.commands.isEmpty)
        #expect(Array(definition.appCommands.keys) == ["app:publish"])
        let rules = definition.apps?.calls
        #expect(
            [rules?.deadline, rules?.pause] == [3000, 60_000] && [rules?.concurrency, rules?.failures] == [2, 7])
    }

    @Test func `PAY-D24 a client publishes what the contract makes of its message`() throws {
        let command = try #require(
            try Self.definition(
                """
                commands:
                  say:
                    does: publish
                    args: { type: object, required: [ text ], properties: { text: { type: string }, to: { type: array } } }
                    event: said
                    data: { id: "{new.id}", text: "{args.text}", kind: "{args.type}", with: "{args.to|[]}" }
                    users: [ "{args.to[]?}" ]
                    otherwise: [ global ]
                    reply: { id: "{result.id}" }
                """
            ).commands["say"])
        guard case .publish(let publish) = command.operation else {
            Issue.record("another operation")
            return
        }
        #expect(publish.usesNewID)
        #expect(publish.otherwise == ["global"])
        #expect(publish.channels.isEmpty)
        #expect(publish.users.count == 1)
        #expect(publish.reply != nil)
        let (scope, document) = try self.scope(#"{"type":"say","text":"hi"}"#)
        withExtendedLifetime(document) {
            #expect(
                String(decoding: publish.data.rendered(in: scope), as: UTF8.self)
                    == #"{"id":"n1","text":"hi","kind":"say","with":[]}"#)
            #expect(command.arguments?.firstViolation(in: document.root) == nil)
        }
        let wrong = try JSONDocument(parsing: #"{"type":"say"}"#)
        #expect(command.arguments?.firstViolation(in: wrong.root) != nil)
    }

    @Test func `a publication without data has an empty object, and its own id only where it is named`() throws {
        guard case .publish(let publish) = try self.operation("{ does: publish, event: said }") else {
            Issue.record("another operation")
            return
        }
        #expect(publish.data.rendered(in: TemplateScope(now: nil)) == Array("{}".utf8))
        #expect(!publish.usesNewID)
        #expect(publish.reply == nil)
    }

    @Test func `a history is of one channel, with the shape of publications unless it says another`() throws {
        guard
            case .history(let history) = try self.operation(
                #"{ does: history, channels: "room:{args.r}", limit: 50, before: "{args.b?}", reply: "{result.publications}" }"#
            )
        else {
            Issue.record("another operation")
            return
        }
        #expect(history.channels.count == 1)
        #expect(history.limit?.text(in: TemplateScope(now: nil)) == "50")
        #expect(history.since == nil)
        let data = try JSONDocument(parsing: "1")
        var scope = TemplateScope(now: nil)
        scope.publication = .init(event: "said", data: data.root, id: "i", time: Timestamp(milliseconds: 0))
        #expect(
            String(decoding: history.item.rendered(in: scope), as: UTF8.self)
                == #"{"event":"said","data":1,"timestamp":"1970-01-01T00:00:00.000Z"}"#)
    }

    @Test func `who is online, what was missed and how many there are can be asked`() throws {
        guard
            case .presence(let users, let each?, nil) = try self.operation(
                #"{ does: presence, users: [ "{args.u[]?}", "{args.v}" ], each: "{presence.status}" }"#),
            case .inbox(let inbox) = try self.operation(
                #"{ does: inbox, since: "{args.s?}", limit: "{args.n|20}", item: "{publication.id}", reply: "{result.items}" }"#
            ),
            case .state = try self.operation(
                #"{ does: stats, reply: { by: "{result.byChannel}", up: "{result.uptime}" } }"#)
        else {
            Issue.record("another operation")
            return
        }
        #expect(users.count == 2)
        var scope = TemplateScope(now: nil)
        scope.presence = (UserID("u"), true)
        #expect(each.rendered(in: scope) == Array("\"online\"".utf8))
        #expect(inbox.limit?.text(in: TemplateScope(now: nil)) == "20")
    }
}
