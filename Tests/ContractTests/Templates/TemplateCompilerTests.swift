// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime
import Testing

@Suite struct TemplateCompilerTests {
    /// The reply of a command with this template to a message.
    private func reply(_ template: String, to message: String = "{}") throws -> String {
        let definition = try SmallContract.definition(adding: "commands: { ask: { does: reply, reply: \(template) } }")
        guard case .reply(let reply?) = definition.commands["ask"]?.operation else { return "no reply" }
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.args = try JSONDocument(parsing: message).root
        scope.connectionNumber = 7
        return String(decoding: reply.rendered(in: scope), as: UTF8.self)
    }

    @Test(arguments: [
        ("{ a: 1, b: [ true, null, 1.50, text ] }", #"{"a":1,"b":[true,null,1.50,"text"]}"#),
        (#"{ a: "{args.a}", b: "{args.b}" }"#, #"{"a":{"x":[1]},"b":null}"#),
        (#"{ a: "{args.a.x}", z: "{args.none?}" }"#, #"{"a":[1]}"#),
        (
            #"{ a: "{args.none|word}", b: "{args.none|0}", c: "{args.none|true}", d: "{args.none|}" }"#,
            #"{"a":"word","b":0,"c":true,"d":""}"#
        ),
        (#""n {args.n}, t {args.t}, none {args.none}, {args.none|some}""#, #""n 5, t it's, none , some""#),
        (#"[ "{args.a.x[]}", "{args.none[]?}", 2 ]"#, "[1,2]"),
        (
            #"{ a: "{{n}}", "b": "{now}", c: "{connection.id}" }"#,
            #"{"a":"{n}","b":"1970-01-01T00:00:00.000Z","c":"\#(ConnectionID.text(of: 7))"}"#
        ),
        (#"{ user: "{user.name|nobody} {user.id}" }"#, #"{"user":"nobody "}"#),
        (#""{args}""#, #"{"a":{"x":[1]},"n":5,"t":"it's"}"#),
    ])
    func `a template is filled from the message`(template: String, expected: String) throws {
        #expect(try self.reply(template, to: #"{"a":{"x":[1]},"n":5,"t":"it's"}"#) == expected)
    }

    @Test func `frames have what is usual where the contract is silent`() throws {
        let frames = try SmallContract.definition(adding: "").frames
        #expect(frames.connected == nil)
        #expect(frames.unsubscribed == nil)
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.errorMessage = "no"
        #expect(
            String(decoding: try #require(frames.error).rendered(in: scope), as: UTF8.self)
                == #"{"type":"error","message":"no"}"#)
        let data = try JSONDocument(parsing: #"{"a":1}"#)
        scope.publication = .init(event: "e", data: data.root, id: "x", time: Timestamp(milliseconds: 1))
        #expect(
            String(decoding: frames.publication.rendered(in: scope), as: UTF8.self)
                == #"{"event":"e","data":{"a":1},"timestamp":"1970-01-01T00:00:00.001Z"}"#)
    }
}
