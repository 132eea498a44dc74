// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct VariableTests {
    static func port(_ text: String, _ environment: [String: String]) -> Int? {
        let contract = """
            contract: shop
            listen: [ { port: \(text), websocket: /ws } ]
            auth: { required: false }
            channels: {}
            """
        return ContractLoader(environment: environment).outcome(of: contract, file: "c.yaml").definition?.listeners
            .first?.port
    }

    @Test(arguments: ["${PORT}", "\"${PORT}\"", "${PORT:-1}", "4${REST}", "${A}${REST}"])
    func `a variable's value has the type it looks like`(text: String) {
        #expect(Self.port(text, ["PORT": "4000", "A": "4", "REST": "000"]) == 4000)
    }

    @Test(arguments: [[:], ["PORT": ""]])
    func `a default stands for a variable that is not set or empty`(environment: [String: String]) {
        #expect(Self.port("${PORT:-4001}", environment) == 4001)
    }

    @Test func `a text is taken as it is, whatever it looks like`() throws {
        let definition = try SmallContract.definition(
            adding: "title: ${TITLE}\ncommandKey: ${KEY:-true}", environment: ["TITLE": "42"])
        #expect(definition.title == "42")
        #expect(definition.commandKey == "true")
    }

    @Test func `a default may hold what YAML would read otherwise, and an escaped variable is text`() throws {
        let definition = try SmallContract.definition(
            adding: "title: ${TITLE:-a, b: [c] # d *e}\ncommandKey: $${X} costs $5")
        #expect(definition.title == "a, b: [c] # d *e")
        #expect(definition.commandKey == "${X} costs $5")
    }

    @Test func `every variable that is not set is named at once`() {
        let outcome = SmallContract.outcome(adding: "title: ${A}\ncommandKey: ${B} and ${C}")
        #expect(
            outcome.faults.map(\.message) == [
                "the variable A is not set", "the variable B is not set", "the variable C is not set",
            ])
    }

    @Test func `a fault names the variable that the wrong value comes from`() {
        func hints(_ extra: String, _ environment: [String: String]) -> [String?] {
            SmallContract.outcome(adding: extra, environment: environment).faults.map(\.hint)
        }
        let limit = "limits: { messages: \"${LIMIT:-lots} per ${WHOM}\" }"
        let given = hints(limit, ["LIMIT": "many", "WHOM": "connection"])
        #expect(given.count == 1 && given[0]?.hasSuffix("the value is from the environment's LIMIT and WHOM") == true)
        // A default is the file's own.
        let defaulted = hints(limit, ["WHOM": "connection"])
        #expect(defaulted.count == 1 && defaulted[0]?.hasSuffix("the value is from the environment's WHOM") == true)
        #expect(hints("limits: { messages: lots }", ["LIMIT": "many"]).first??.contains("environment") == false)
    }

    @Test func `several origins may come from one variable`() throws {
        let text = """
            contract: shop
            listen: [ { port: 1, websocket: /ws, origins: [ "${ORIGINS}", https://c.example ] } ]
            auth: { required: false }
            channels: {}
            """
        let environment = ["ORIGINS": "https://a.example, http://localhost:*,"]
        let definition = ContractLoader(environment: environment).outcome(of: text, file: "c.yaml").definition
        #expect(
            definition?.listeners.first?.origins == ["https://a.example", "http://localhost:*", "https://c.example"])
    }

    // MARK: Secrets

    static let secretAuth = "{ tokens: [ { jwt: query.token } ], keys: { secret: ${SECRET} } }"

    @Test func `a secret comes from its variable`() throws {
        let outcome = SmallContract.outcome(
            auth: Self.secretAuth, environment: ["SECRET": "s1"], isProduction: true, generatedSecret: { _ in "made" })
        #expect(outcome.faults.isEmpty)
        #expect(outcome.definition?.auth.keys == [.secret("s1")])
    }

    @Test func `a secret that is not set is made under its variable's name outside production`() {
        let outcome = SmallContract.outcome(auth: Self.secretAuth, generatedSecret: { "made for \($0)" })
        #expect(outcome.definition?.auth.keys == [.secret("made for SECRET")])
    }

    @Test func `a secret that is not set and cannot be made is a fault`() {
        let outcome = SmallContract.outcome(auth: Self.secretAuth)
        #expect(
            outcome.faults.map(\.description) == [
                "c.yaml:1:59: error: the variable SECRET is not set\n  hint: set it in the server's environment"
            ])
    }

    @Test func `why a secret cannot be made is told`() {
        let outcome = SmallContract.outcome(
            auth: Self.secretAuth,
            generatedSecret: { _ throws(SecretFailure) in throw SecretFailure("no room on the disk") })
        #expect(
            outcome.faults.map(\.description) == [
                "c.yaml:1:59: error: the variable SECRET is not set, and no secret can be made for it: "
                    + "no room on the disk\n  hint: set it in the server's environment"
            ])
    }

    @Test func `in production no secret is made`() {
        let outcome = SmallContract.outcome(auth: Self.secretAuth, isProduction: true, generatedSecret: { _ in "made" })
        #expect(
            outcome.faults.map(\.description) == [
                "c.yaml:1:59: error: the variable SECRET is not set\n"
                    + "  hint: set it in the server's environment; in production mode no secret is made up"
            ])
    }

    @Test(arguments: ["written", "${SECRET:-written}"])
    func `in production a secret in the file is a fault, elsewhere it is not`(secret: String) {
        let auth = "{ tokens: [ { jwt: query.token } ], keys: { secret: \(secret) } }"
        #expect(SmallContract.outcome(auth: auth).definition?.auth.keys == [.secret("written")])
        let faults = SmallContract.outcome(auth: auth, isProduction: true).faults
        #expect(
            faults.map(\.description) == [
                "c.yaml:1:59: error: a secret must not be written in the contract in production mode\n"
                    + "  hint: write secret: ${NAME} and set the variable NAME in the server's environment"
            ])
    }

    @Test func `only keys get made secrets`() {
        let outcome = SmallContract.outcome(adding: "title: ${SECRET}", generatedSecret: { _ in "made" })
        #expect(outcome.faults.map(\.message) == ["the variable SECRET is not set"])
    }

    @Test func `a key whose variable is empty is left out`() {
        let auth = "{ tokens: [ { jwt: query.token } ], keys: [ { secret: ${SECRET} }, { jwks: \"${JWKS:-}\" } ] }"
        let without = SmallContract.outcome(auth: auth, environment: ["SECRET": "s"])
        #expect(without.definition?.auth.keys == [.secret("s")])
        let with = SmallContract.outcome(auth: auth, environment: ["SECRET": "", "JWKS": "https://a.example/keys"])
        #expect(with.definition?.auth.keys == [.jwksURL("https://a.example/keys", refresh: 600_000)])
        let neither = SmallContract.outcome(auth: auth, environment: ["SECRET": ""])
        #expect(neither.faults.map(\.message) == ["there is no key to check tokens with"])
    }
}
