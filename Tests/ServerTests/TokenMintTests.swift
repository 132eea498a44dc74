// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Testing
import Tokens

@testable import Server

struct TokenMintTests {
    private func verified(_ token: String, requirements: TokenRequirements = TokenRequirements()) throws
        -> VerifiedToken
    {
        let now = SystemClock().now().milliseconds / 1000
        let ring = try KeyRing([.keys([.secret(Array(SmallContract.secret.utf8))])], now: now)
        return try TokenVerifier(ring: ring, requirements: requirements).verify(token, now: now).get()
    }

    @Test func `a token names the user, the roles and further claims, and is signed with the contract's secret`() throws
    {
        let mint = try TokenMint(SmallContract.definition())
        let token = try mint.token(
            user: "did:x:\"ann\"", roles: ["a", "b"], lifetime: 60, claims: [("tenant", Array("{\"id\":7}".utf8))])
        let root = try self.verified(token).claims.root
        #expect(root["sub"]?.string == "did:x:\"ann\"")
        #expect(root["roles"]?.elements.compactMap(\.string) == ["a", "b"])
        #expect(root["tenant"]?["id"]?.int == 7)
        let (issued, expires) = (try #require(root["iat"]?.int), try #require(root["exp"]?.int))
        #expect(expires - issued == 60)
    }

    @Test func `a token fits the issuer, the audience and the claims that the contract names`() throws {
        let definition = try SmallContract.definition(
            auth: """
                { tokens: [ { jwt: query.token } ], keys: { secret: "${SHOP_SECRET}" }, issuer: me, audience: you,
                  user: { id: did, roles: groups } }
                """)
        let token = try TokenMint(definition).token(user: "ann", roles: ["a"], lifetime: 60)
        let root = try self.verified(token, requirements: TokenRequirements(issuers: ["me"], audiences: ["you"])).claims
            .root
        #expect(root["did"]?.string == "ann" && root["sub"] == nil)
        #expect(root["groups"]?.elements.compactMap(\.string) == ["a"])
    }

    @Test func `ROOM-060 what the server issues says who the user is, whatever else is to be in it`() throws {
        let mint = try TokenMint(SmallContract.definition())
        let claims = try JSONDocument(
            parsing: Array(#"{"sub":"eve","exp":1,"jti":"x","roles":["admin"],"name":"Eve","team":7}"#.utf8))
        let identity = Identity(user: UserID("ann"), name: "Ann", roles: [], claims: claims)
        let token = try self.verified(mint.accessToken(for: identity, id: "family:f:1", lifetime: 60).get())
        let root = token.claims.root
        #expect(root["sub"]?.string == "ann" && root["name"]?.string == "Ann" && root["roles"] == nil)
        #expect(token.id == "family:f:1" && root["team"]?.int == 7)
        let names = root.members.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `a token that would be longer than one may be is not issued`() throws {
        let claims = try JSONDocument(parsing: Array("{\"a\":\"\(String(repeating: "x", count: 9000))\"}".utf8))
        let identity = Identity(user: UserID("ann"), claims: claims)
        let made = try TokenMint(SmallContract.definition()).accessToken(for: identity, id: "t", lifetime: 60)
        #expect(throws: RequestError.self) { try made.get() }
    }

    @Test func `a token that has expired is made on demand, and refused (RNG-007)`() throws {
        let token = try TokenMint(SmallContract.definition()).token(user: "ann", roles: [], lifetime: -60)
        #expect(throws: TokenFault.expired) { try self.verified(token) }
    }

    @Test(arguments: ["sub", "exp", "iat"])
    func `no claim stands in a token twice`(name: String) throws {
        let mint = try TokenMint(SmallContract.definition())
        let error = try #require(throws: ServerError.self) {
            try mint.token(user: "ann", roles: [], lifetime: 60, claims: [(name, Array("1".utf8))])
        }
        #expect(error.message == "error: the claim \"\(name)\" is in the token already")
    }

    @Test func `a contract without a secret has no tokens made, and says who makes them`() throws {
        let definition = try SmallContract.definition(
            auth: "{ tokens: [ { jwt: query.token } ], keys: { jwks: \"https://id.example.com/keys\" } }")
        let error = try #require(throws: ServerError.self) { try TokenMint(definition) }
        #expect(error.message.contains("private key"))
    }

    @Test func `a secret that is too short is refused without being shown`() throws {
        var definition = try SmallContract.definition()
        definition.auth.keys = [.secret("quite-short")]
        let error = try #require(throws: ServerError.self) { try TokenMint(definition) }
        #expect(error.message.contains("11 bytes") && !error.message.contains("quite-short"))
    }
}
