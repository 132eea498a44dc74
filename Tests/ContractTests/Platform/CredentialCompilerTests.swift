// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct CredentialCompilerTests {
    private func auth(
        _ text: String, environment: [String: String] = [:], isProduction: Bool = false
    ) throws -> AuthRules {
        let outcome = SmallContract.outcome(auth: text, environment: environment, isProduction: isProduction)
        return try #require(outcome.definition?.auth, "\(outcome.faults)")
    }

    @Test(arguments: [
        ("{ mode: none }", AuthRules.Mode.none), ("{ mode: optional }", .optional),
        ("{ mode: required, tokens: { session: cookie.s } }", .required), ("{ required: false }", .optional),
        ("{ required: true, tokens: { session: cookie.s } }", .required),
        ("{ tokens: { session: cookie.s } }", .required),
    ])
    func `who must show who he is can be said in either way`(text: String, mode: AuthRules.Mode) throws {
        #expect(try self.auth(text).mode == mode)
    }

    @Test(arguments: [false, true])
    func `where everybody is anonymous, keys and sessions need no variables and are not looked at`(
        isProduction: Bool
    ) throws {
        let text = """
            { mode: "${AUTH:-none}", tokens: [ { jwt: query.token } ], sessions: { secret: "${S}" },
              keys: [ { secret: "${A}" }, { jwks: "${B}" }, { publicKeyFile: nowhere.pem } ] }
            """
        #expect(try self.auth(text, isProduction: isProduction).mode == .none)
        let faults = SmallContract.outcome(
            auth: text, environment: ["AUTH": "required"], isProduction: isProduction
        ).faults
        #expect(faults.map(\.message).contains("the variable A is not set"))
        #expect(faults.map(\.message).contains("the variable S is not set"))
    }

    @Test func `no secret is made for a contract that needs none`() {
        let outcome = SmallContract.outcome(
            auth: "{ mode: none, tokens: { jwt: query.token }, keys: { secret: \"${A}\" } }",
            generatedSecret: { name throws(SecretFailure) in throw SecretFailure("asked for \(name)") })
        #expect(outcome.faults.isEmpty)
        #expect(outcome.definition?.auth.keys == [])
    }

    @Test func `credentials of both kinds are kept in their order`() throws {
        let auth = try self.auth(
            "{ tokens: [ { session: cookie.sid }, { jwt: query.token }, { session: header.x } ], keys: { secret: s } }")
        #expect(
            auth.credentials == [
                .init(.session, .cookie("sid")), .init(.jwt, .query("token")), .init(.session, .header("x")),
            ])
    }

    @Test func `everything about sessions can be said`() throws {
        let text = """
            { tokens: { session: cookie.s }, timeout: 3s,
              sessions: { secret: "${S:-}", ask: "${ASK:-}", cache: 1m, deadline: 500ms } }
            """
        let own = try self.auth(text)
        #expect(own.sessions.secret == nil)
        #expect(own.sessions.ask == nil)
        #expect(own.timeout == 3000)
        let asked = try self.auth(text, environment: ["S": "k", "ASK": "https://backend:1/s"], isProduction: true)
        #expect(asked.sessions.secret == "k")
        #expect(asked.sessions.ask == "https://backend:1/s")
        #expect(asked.sessions.cache == 60_000)
        #expect(asked.sessions.deadline == 500)
        #expect(asked.timeout == 3000)
    }

    @Test func `the first message and one-time tokens can be said and left out`() throws {
        let text = """
            { tokens: { session: query.s }, message: { type: AUTH, token: t, enabled: "${ON:-true}" } }
            """
        let message = try #require(try self.auth(text).firstMessage)
        #expect(message.command == "AUTH")
        #expect(message.key == "t")
        #expect(try self.auth(text, environment: ["ON": "false"]).firstMessage == nil)
        let definition = try SmallContract.definition(adding: "frames: { lost: 1 }")
        #expect(definition.auth.resume == nil)
        #expect(definition.frames.resume == nil)
        let resuming = ContractLoader(environment: [:]).outcome(
            of: SmallContract.text.replacing("{ required: false }", with: "{ mode: optional, resume: { query: r } }")
                + "\nframes: { resume: \"{resume.token}\" }", file: "c.yaml")
        #expect(resuming.definition?.auth.resume?.source == .query("r"))
        #expect(resuming.definition?.auth.resume?.age == 300_000)
        #expect(resuming.definition?.frames.resume != nil)
    }

    // MARK: Networks

    @Test(arguments: [
        ("loopback", ["127.0.0.0/8", "::1/128"]), ("[ 10.0.0.0/8, fd00::/8 ]", ["10.0.0.0/8", "fd00::/8"]),
        ("\"10.0.0.0/8, 192.168.1.7\"", ["10.0.0.0/8", "192.168.1.7/32"]), ("\"::1\"", ["::1/128"]),
        ("\"${N:-}\"", []),
        (
            "[ loopback, loopback, \"${N:-1.2.3.4,5.6.7.0/24}\" ]",
            ["127.0.0.0/8", "::1/128", "1.2.3.4/32", "5.6.7.0/24"]
        ), ("0.0.0.0/0", ["0.0.0.0/0"]),
    ])
    func `networks are named, listed or parted by commas`(text: String, networks: [String]) throws {
        #expect(try self.auth("{ mode: none, trust: \(text) }").trust == networks)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.1/8", "::1/129", "fd00::1/8", "10.0.0/8", "localhost", "10.0.0.0/", "10.0.0.0/+8", "/8",
        "10.0.0.0/8/8", "1.2.3.4.5", "10.0.0.0/99999999999999999999",
    ])
    func `what is no network is a fault`(text: String) {
        let outcome = SmallContract.outcome(auth: "{ mode: none, trust: \"\(text)\" }")
        #expect(outcome.faults.count == 1)
        #expect(outcome.definition == nil)
    }

    @Test(arguments: ["0.0.0.0/0", "::/0"])
    func `in production everybody is trusted only where the contract says it itself`(network: String) {
        let written = SmallContract.outcome(auth: "{ mode: none, trust: \"\(network)\" }", isProduction: true)
        #expect(written.faults.map(\.severity) == [.warning])
        #expect(written.definition?.auth.trust == [network])
        let set = SmallContract.outcome(
            auth: "{ mode: none, trust: \"${N}\" }", environment: ["N": network], isProduction: true)
        #expect(set.definition == nil)
    }
}
