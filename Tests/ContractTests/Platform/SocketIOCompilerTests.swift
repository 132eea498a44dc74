// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import JSON
import Realtime
import Testing

@Suite struct SocketIOCompilerTests {
    private static func definition(_ listen: String, adding text: String = "") throws -> PlatformDefinition {
        let contract = """
            contract: shop
            listen: \(listen)
            auth: { mode: optional, tokens: [ { jwt: auth.token }, { jwt: query.token } ], keys: { secret: s } }
            channels: { global: { subscribe: everyone, clientPublish: everyone }, "order:{orderId}": { subscribe: member } }
            events: { said: { to: [ global ] } }
            \(text)
            """
        let outcome = ContractLoader(environment: [:]).outcome(of: contract, file: "/etc/shop/c.yaml")
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    private static let standard = "{ port: 1, socketio: /socket.io }"

    private static func namespaces(_ text: String) throws -> [NamespaceRules] {
        let listeners = try self.definition("{ port: 1, socketio: /socket.io, namespaces: \(text) }").listeners
        guard case .socketIO(let namespaces)? = listeners.first?.endpoint else {
            Issue.record("no Socket.IO listener")
            return []
        }
        return namespaces
    }

    private static func command(_ text: String) throws -> Command {
        try #require(try self.definition(self.standard, adding: "commands: { x: \(text) }").commands["x"])
    }

    private static func text(_ template: Template?, in scope: TemplateScope = TemplateScope(now: nil)) -> String? {
        template.map { String(decoding: $0.rendered(in: scope), as: UTF8.self) }
    }

    // MARK: Listeners

    @Test(arguments: ["/socket.io", "/socket.io/"])
    func `a listener speaks Socket.IO at its path, with the namespace that everybody joins`(path: String) throws {
        let listener = try #require(try Self.definition("{ port: 1, socketio: \(path) }").listeners.first)
        #expect(listener.path == "/socket.io")
        #expect(listener.isSocketIO)
        guard case .socketIO(let namespaces) = listener.endpoint else { return }
        #expect(namespaces.map(\.pattern.description) == ["/"])
        #expect(namespaces.allSatisfy { $0.require.isEmpty && $0.joins.isEmpty })
    }

    @Test func `both kinds may share a port, and a plain listener is what it was`() throws {
        let listeners = try Self.definition("[ { port: 1, socketio: /socket.io }, { port: 1, websocket: /ws } ]")
            .listeners
        #expect(listeners.map(\.isSocketIO) == [true, false])
    }

    @Test func `namespaces keep their order, rights and joins`() throws {
        let namespaces = try Self.namespaces(
            #"{ "/admin": { require: { role: [ admin, root ] } }, "/o/{name}": { joins: "order:{path.name}" }, "/": }"#)
        #expect(namespaces.map(\.pattern.description) == ["/admin", "/o/{name}", "/"])
        #expect(namespaces.map(\.require.count) == [2, 0, 0])
        var scope = TemplateScope(now: nil)
        scope.pathParameters = ["name": "7"]
        #expect(namespaces[1].joins.names(in: scope) == ["order:7"])
    }

    @Test func `files of TLS are beside the contract, and empty ones mean none`() throws {
        let listeners = try Self.definition(
            """
            [ { port: 1, socketio: /socket.io, tls: { certificate: "${CERTIFICATE:-}", key: "${KEY:-}" } }, { port: 2, websocket: /ws } ]
            """
        ).listeners
        #expect(listeners.map(\.tls) == [nil, nil])
    }

    // MARK: Who joins

    @Test func `the token may stand in what the client joins with`() throws {
        #expect(try Self.definition(Self.standard).auth.credentials.map(\.place) == [.auth("token"), .query("token")])
    }

    @Test func `a refusal is told in the usual words unless the contract has its own`() throws {
        var error = RequestError(.tooManyAttempts, "too many", reason: "why")
        error.retryAfter = 1001
        let usual = try Self.definition(Self.standard)
        var scope = TemplateScope(now: nil)
        usual.describe(error, in: &scope)
        #expect(
            Self.text(usual.frames.refused, in: scope) == #"{"message":"too many","data":{"code":"tooManyAttempts"}}"#)
        #expect(
            Self.text(usual.frames.fail, in: scope) == #"{"error":{"code":"tooManyAttempts","message":"too many"}}"#)
        let own = try Self.definition(
            Self.standard,
            adding: """
                frames: { refused: { message: Go away, data: { c: "{error.code}", r: "{error.reason?}", s: "{error.retryAfter?}" } }, fail: { e: "{error.code}", of: "{command.name}" } }
                errors: { rateLimited: { code: RATE_LIMITED } }
                """)
        scope = TemplateScope(now: nil)
        scope.commandName = "say"
        own.describe(error, in: &scope)
        #expect(
            Self.text(own.frames.refused, in: scope)
                == #"{"message":"Go away","data":{"c":"RATE_LIMITED","r":"why","s":2}}"#)
        #expect(Self.text(own.frames.fail, in: scope) == #"{"e":"RATE_LIMITED","of":"say"}"#)
    }

    // MARK: Commands

    @Test func `a command says what its callback gets, and which events follow in which order`() throws {
        let command = try Self.command(
            #"""
            { does: subscribe, channels: "order:{args.id}", ack: { ok: true, c: "{result.channels}" }, fail: { ok: false },
              emit: { "order:watched": { id: "{args.id}" }, another: 1, "a": null } }
            """#)
        let document = try JSONDocument(parsing: #"{"id":"7","channels":["order:7"]}"#)
        var scope = TemplateScope(now: nil)
        scope.args = document.root
        scope.result = document.root
        #expect(Self.text(command.socketIO.ack, in: scope) == #"{"ok":true,"c":["order:7"]}"#)
        #expect(Self.text(command.socketIO.fail) == #"{"ok":false}"#)
        #expect(command.socketIO.emits.map(\.event) == ["order:watched", "another", "a"])
        #expect(Self.text(command.socketIO.emits.first?.data, in: scope) == #"{"id":"7"}"#)
    }

    @Test(arguments: [
        "{ does: reply }", "{ does: record, channels: \"order:{args.id}\" }", "{ does: health }",
        "{ does: presence, users: \"{args.users[]?}\" }", "{ does: inbox, ack: \"{result.items}\" }",
    ])
    func `a command needs no reply where Socket.IO clients connect`(text: String) throws {
        let command = try Self.command(text)
        #expect(command.socketIO.fail == nil)
        #expect(command.socketIO.emits.isEmpty)
    }

    @Test func `an id that only the ack names is the publication's`() throws {
        let command = try Self.command("{ does: publish, event: said, ack: { id: \"{new.id}\" } }")
        guard case .publish(let publish) = command.operation else {
            Issue.record("another operation")
            return
        }
        #expect(publish.usesNewID)
    }

    @Test func `claims are kept where only an ack or a namespace asks for them`() throws {
        #expect(try !Self.definition(Self.standard).usesClaims)
        #expect(
            try Self.definition(Self.standard, adding: #"commands: { x: { does: reply, ack: "{user.claims.a}" } }"#)
                .usesClaims)
        #expect(
            try Self.definition(
                #"{ port: 1, socketio: /s, namespaces: { "/": { require: { claim: { a: b } } } } }"#
            ).usesClaims)
    }

    // MARK: Returning

    @Test func `clients that return are known again for as long as the contract says`() throws {
        let both = try Self.definition(Self.standard, adding: "recovery: { for: 2m, reconnect: true }")
        #expect(both.returning == PlatformDefinition.Return(age: 120_000, emitsReconnect: true))
        #expect(both.recovery == nil)
        #expect(
            try Self.definition(Self.standard, adding: "recovery: { for: 30s }").returning
                == PlatformDefinition.Return(age: 30_000, emitsReconnect: false))
        #expect(try Self.definition(Self.standard).returning == nil)
    }
}
