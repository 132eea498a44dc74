// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

/// Claims are kept with a connection only where a template needs them, so every place that can name one is found.
@Suite struct ClaimUseTests {
    @Test(arguments: [
        #"frames: { connected: { org: "{user.claims.org}" } }"#,
        #"frames: { unsubscribed: { by: [ "of {user.claims.org}" ] } }"#,
        #"frames: { error: { org: "{user.claims.org?}", message: "{error.message}" } }"#,
        #"commands: { who: { does: reply, reply: "{user.claims}" } }"#,
        #"commands: { join: { does: subscribe, channels: [ "order:{user.claims.order}" ] } }"#,
        #"commands: { leave: { does: unsubscribe, channels: [ "{user.claims.orders[]}" ] } }"#,
        #"commands: { join: { does: subscribe, channels: global, each: [ { of: "{user.claims.org?}" } ] } }"#,
        #"commands: { show: { does: record, channels: global, reply: [ "{user.claims.orders[]}" ] } }"#,
        #"errors: { forbidden: { message: "not for {user.claims.org}" } }"#,
        #"frames: { problem: { org: "{user.claims.org?}" } }"#,
        #"frames: { lost: "{user.claims.org}" }"#,
        #"log: { connected: "{user.claims.org}" }"#,
        #"connect: { joins: [ "order:{user.claims.order}" ] }"#,
        #"commands: { n: { does: presence, users: [ "{user.claims.friends[]}" ], reply: 1 } }"#,
        #"commands: { n: { does: subscribe, channels: global, since: "{user.claims.x?}" } }"#,
    ])
    func `a contract with a template that names a claim keeps claims`(_ extra: String) throws {
        #expect(try SmallContract.definition(adding: extra).usesClaims)
    }

    @Test func `a contract whose templates name other things of the user keeps none`() throws {
        let extra = """
            frames: { connected: { id: "{user.id}", roles: "{user.roles}" } }
            commands: { who: { does: reply, reply: "{user.name}" } }
            errors: { forbidden: { message: "not for {user.id}" } }
            """
        #expect(try !SmallContract.definition(adding: extra).usesClaims)
    }

    @Test(arguments: [
        #"channels: { a: { subscribe: { claim: { kind: x } } } }"#,
        #"channels: { a: { subscribe: nobody, clientPublish: { claim: { kind: x } } } }"#,
        "channels: {}\nhttp: { \"GET /a\": { does: reply, as: user, reply: \"{user.claims.org}\" } }",
    ])
    func `rights and requests keep claims, too`(_ extra: String) throws {
        let text = """
            contract: shop
            listen: { port: 1, websocket: /ws }
            auth: { tokens: { session: cookie.s } }
            \(extra)
            """
        let outcome = ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml")
        #expect(try #require(outcome.definition, "\(outcome.faults)").usesClaims)
    }
}
