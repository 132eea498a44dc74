// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

struct ConnectionTests {
    private static func path(_ number: UInt64, _ rest: String = "") -> String {
        "/v1/platforms/shop/connections/\(ConnectionID.text(of: number))\(rest)"
    }

    @Test func `one connection is shown, with the messages that it sent`() throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", on: 1, number: 12)
        for _ in 0..<3 { client.session?.countMessage() }
        let answer = try fixture.send(.get, Self.path(12))
        #expect(answer.status == 200)
        #expect(try answer.json["id"]?.string == ConnectionID.text(of: 12))
        #expect(try answer.json["messageCount"]?.int == 3)
        #expect(try fixture.send(.get, Self.path(13)).fault == "notFound")
        #expect(try fixture.send(.get, "/v1/platforms/shop/connections/12").fault == "notFound")
    }

    @Test func `an event goes to one connection alone, in the words of a publication`() throws {
        let fixture = try AdminFixture()
        let (one, other) = (
            try fixture.connect("ann", number: 1), try fixture.connect("ann", number: 2, to: "user:ann")
        )
        let answer = try fixture.send(.post, Self.path(1, "/events"), #"{"event":"hint","data":{"n":1}}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["time"]?.string == "2025-11-05T12:00:00.000Z")
        #expect(one.sent.count == 1 && one.sent[0].contains("hint"))
        #expect(other.sent.isEmpty)
        #expect(try fixture.send(.post, Self.path(3, "/events"), #"{"event":"hint","data":1}"#).fault == "notFound")
    }

    @Test(arguments: [
        (#"{"event":"hint"}"#, #"invalidRequest at """#), (#"{"data":1}"#, #"invalidRequest at """#),
        (#"{"event":"hint","data":1,"to":["global"]}"#, #"invalidRequest at "/to""#),
        ("[]", #"invalidRequest at """#),
        (#"{"event":7,"data":1}"#, #"invalidRequest at "/event""#), ("{", "invalidJSON"),
    ])
    func `what is no event for a connection is refused`(body: String, fault: String) throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1)
        #expect(try fixture.send(.post, Self.path(1, "/events"), body).fault == fault)
        #expect(client.sent.isEmpty)
    }
}
