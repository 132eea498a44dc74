// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import JSONSchema
import Realtime
import Testing

@Suite struct BindingCompilerTests {
    @Test func `everything about a request can be said`() throws {
        let definition = try CommandCompilerTests.definition(
            """
            schemas: { Broadcast: { type: object, required: [ type ], properties: { type: { type: string }, data: {} } } }
            http:
              "POST /rooms/{roomId}/events":
                does: publish
                as: backend
                body: { $ref: "#/schemas/Broadcast" }
                event: "{body.type}"
                data: "{body.data|{}}"
                channels: [ "room:{path.roomId}", "{query.also?}" ]
                otherwise: global
                reply: { id: "{new.id}", at: "{now}" }
                status: 202
              "GET /health": { does: health, as: anyone, reply: { n: "{result.connections}" } }
            """)
        #expect(
            definition.bindings.map { "\($0.method) \($0.path)" } == ["POST /rooms/{roomId}/events", "GET /health"])
        let binding = try #require(definition.bindings.first)
        #expect(binding.caller == .backend)
        #expect(binding.status == 202)
        #expect("\(binding.location)" == "c.yaml:15:3")
        #expect(definition.bindings.last?.caller == .anyone)
        #expect(definition.bindings.last?.status == 200)
        guard case .publish(let publish) = binding.operation, case .text(let channel)? = publish.channels.first else {
            Issue.record("another operation")
            return
        }
        #expect(publish.usesNewID)
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.pathParameters = ["roomId": "7"]
        let body = try JSONDocument(parsing: #"{"type":"said"}"#)
        scope.body = body.root
        withExtendedLifetime(body) {
            #expect(channel.text(in: scope) == "room:7")
            #expect(publish.event.text(in: scope) == "said")
            #expect(publish.data.rendered(in: scope) == Array("{}".utf8))
            #expect(binding.body?.firstViolation(in: body.root) == nil)
        }
        let empty = try JSONDocument(parsing: "{}")
        #expect(binding.body?.firstViolation(in: empty.root)?.keyword == "required")
    }

    @Test func `a refusal has a body of its own, or the usual one`() throws {
        func problem(_ text: String) throws -> String {
            let definition = try SmallContract.definition(adding: text)
            var scope = TemplateScope(now: nil)
            scope.error = RequestError(.notFound, "gone", channel: "a:1")
            scope.errorMessage = "Gone"
            scope.errorStatus = 410
            scope.pathParameters = ["id": "7"]
            return String(decoding: definition.frames.problem?.rendered(in: scope) ?? [], as: UTF8.self)
        }
        #expect(try problem("") == #"{"error":{"code":"notFound","message":"Gone"}}"#)
        #expect(
            try problem(
                """
                frames: { problem: { s: "{error.status}", m: "{error.message}", c: "{error.channel?}", p: "{error.pointer?}", id: "{path.id?}" } }
                http: { "GET /a/{id}": { does: reply, as: anyone, reply: 1 } }
                errors: { notFound: { status: 410 } }
                """) == #"{"s":410,"m":"Gone","c":"a:1","id":"7"}"#)
    }

    @Test func `contracts that share a port do not answer the same requests`() throws {
        func definition(_ name: String, _ path: String, _ http: String) throws -> PlatformDefinition {
            let text = """
                contract: \(name)
                listen: { port: 3000, websocket: \(path) }
                auth: { mode: none }
                channels: {}
                http: { "\(http)": { does: reply, as: anyone, reply: 1 } }
                """
            return try #require(ContractLoader(environment: [:]).outcome(of: text, file: "\(name).yaml").definition)
        }
        let one = try definition("one", "/one", "GET /orders/{id}")
        let messages = try [("two", "GET /orders/{orderId}"), ("three", "POST /orders/{id}"), ("four", "GET /one")].map
        {
            ContractLoader.checkTogether([one, try definition($0, "/\($0)", $1)]).map(\.message)
        }
        #expect(
            messages == [
                ["GET /orders/{orderId} is taken by the contract \"one\" (one.yaml:5:9)"], [],
                ["GET /one is the WebSocket endpoint of the contract \"one\" (one.yaml:2:9)"],
            ])
    }
}
