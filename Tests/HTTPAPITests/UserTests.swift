// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import JSON
import Realtime
import Testing

/// The directory of users, and revocations, as the operator has them.
struct UserTests {
    private static let path = "/v1/platforms/shop/users/ann"
    private static let revocations = "/v1/platforms/shop/revocations"

    @Test func `ROOM-D02 a user is put into the directory, shown, replaced and taken out`() throws {
        let fixture = try AdminFixture()
        #expect(try fixture.send(.get, Self.path).fault == "notFound")
        let made = try fixture.send(.put, Self.path, #"{"name":"Ann","avatar":"a.png"}"#)
        #expect(made.status == 200 && made.text == #"{"user":"ann","name":"Ann","avatar":"a.png"}"#)
        #expect(try fixture.send(.get, Self.path).text == made.text)
        #expect(try fixture.send(.put, Self.path).text == #"{"user":"ann"}"#)
        #expect(try fixture.send(.get, Self.path).text == #"{"user":"ann"}"#)
        #expect(try fixture.send(.delete, Self.path).text == #"{"disconnected":0}"#)
        #expect(try fixture.send(.get, Self.path).fault == "notFound")
    }

    @Test(arguments: [("[]", ""), (#"{"name":7}"#, "/name"), (#"{"nme":"x"}"#, "/nme"), (#"{"avatar":""}"#, "/avatar")])
    func `what is no user is refused with its place`(body: String, pointer: String) throws {
        #expect(try AdminFixture().send(.put, Self.path, body).fault == #"invalidRequest at "\#(pointer)""#)
    }

    @Test func `ROOM-008 revoking a user's tokens ends his connections and nobody else's`() throws {
        let fixture = try AdminFixture()
        let ann = try fixture.connect("ann", number: 1)
        let second = try fixture.connect("ann", on: 1, number: 2)
        let ben = try fixture.connect("ben", number: 3)
        #expect(try fixture.send(.post, Self.revocations, #"{"user":"ann"}"#).text == #"{"disconnected":2}"#)
        #expect(ann.closeCode == .policyViolation && second.closeCode == .policyViolation && ben.closeCode == nil)
        #expect(try fixture.send(.post, Self.revocations, #"{"jti":"t1"}"#).text == #"{"disconnected":0}"#)
        let until = #"{"jti":"t2","until":"2025-12-01T00:00:00Z"}"#
        #expect(try fixture.send(.post, Self.revocations, until).status == 200)
        let before = #"{"user":"ben","before":"2020-01-01T00:00:00Z"}"#
        #expect(try fixture.send(.post, Self.revocations, before).status == 200)
    }

    @Test(arguments: [
        ("{}", ""), (#"{"jti":"a","user":"b"}"#, ""), (#"{"jti":"a","before":"2020-01-01T00:00:00Z"}"#, ""),
        (#"{"user":"a","before":"2999-01-01T00:00:00Z"}"#, "/before"), (#"{"user":"a","before":7}"#, "/before"),
        (#"{"jti":"a","until":"x"}"#, "/until"), (#"{"jti":7}"#, "/jti"), (#"{"id":"a"}"#, "/id"),
    ])
    func `what is no revocation is refused with its place`(body: String, pointer: String) throws {
        #expect(try AdminFixture().send(.post, Self.revocations, body).fault == #"invalidRequest at "\#(pointer)""#)
    }
}
