// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

/// Signing users in by the admin API, and the contract's route for the next tokens.
struct TokenTests {
    private static let path = "/v1/platforms/shop/tokens"

    private struct Issuer: AccessTokenIssuer {
        func accessToken(for identity: Identity, id: String, lifetime: Int64) -> Result<String, RequestError> {
            .success("\(identity.user.rawValue) \(identity.name ?? "-") \(identity.roles.joined()) \(lifetime)")
        }
    }

    @Test func `ROOM-060 a user is signed in with two tokens`() throws {
        let fixture = try AdminFixture()
        fixture.platform.credentialServices.exchange(authenticator: nil, issuer: Issuer())
        let body = #"{"user":"ann","name":"Ann","roles":["x"],"claims":{"a":1}}"#
        let made = try fixture.send(.post, Self.path, body)
        #expect(made.status == 201)
        let answer = try JSONDocument(parsing: Array(made.text.utf8)).root
        #expect(answer["accessToken"]?.string == "ann Ann x 900" && answer["expiresIn"]?.int == 900)
        #expect(answer["refreshToken"]?.string?.utf8.count == 66)
    }

    @Test func `without a secret to sign with nobody is signed in`() throws {
        #expect(try AdminFixture().send(.post, Self.path, #"{"user":"ann"}"#).status == 409)
    }

    @Test(arguments: [
        ("{}", ""), ("[]", ""), (#"{"user":7}"#, "/user"), (#"{"user":"a","expiresIn":5}"#, "/expiresIn"),
        (#"{"user":"a","claims":[]}"#, "/claims"),
    ])
    func `what is no user to sign in is refused with its place`(body: String, pointer: String) throws {
        #expect(try AdminFixture().send(.post, Self.path, body).fault == #"invalidRequest at "\#(pointer)""#)
    }
}
