// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct ChannelCompilerTests {
    @Test func `everything about a channel can be said`() throws {
        let text = """
            contract: shop
            listen: { port: 1, websocket: /ws }
            auth: { required: false }
            channels:
              "room:{roomId}:{part}":
                subscribe: [ { role: [ host, admin ] }, { memberOf: "list:{roomId}" }, { member: true }, everyone ]
                history: { last: 50, for: 36h }
                durable: true
                publish: any
                exists: byRecord
              "list:{roomId}": { subscribe: nobody }
            """
        let outcome = ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml")
        let channels = try #require(outcome.definition?.channels, "\(outcome.faults)")
        #expect(channels.map(\.pattern.description) == ["room:{roomId}:{part}", "list:{roomId}"])
        let rights = channels[0].subscribe.map { rule in
            switch rule.kind {
            case .everyone: "everyone"
            case .member: "member"
            case .memberOf(let channel): "member of \(channel)"
            case .user(let user): "user \(user)"
            case .role(let role): "role \(role)"
            case .claims(let claims): "claims \(claims)"
            case .mode(let mode): "mode \(mode)"
            case .ask(let rule): "ask \(rule.url)"
            }
        }
        #expect(rights == ["role host", "role admin", "member of list:{roomId}", "member", "everyone"])
        #expect(channels[0].history?.count == 50)
        #expect(channels[0].history?.age == 129_600_000)
        #expect(channels[0].acceptsUndeclaredEvents)
        #expect(channels[0].existsByRecord)
        #expect(channels[1].subscribe.isEmpty)
        #expect(channels[1].history == nil)
        #expect(!channels[1].acceptsUndeclaredEvents)
        #expect(!channels[1].existsByRecord)
        #expect("\(channels[1].location)" == "c.yaml:11:3")
    }

    @Test func `any page being welcome is a warning in production only`() {
        let text = """
            contract: shop
            listen: { port: 1, websocket: /ws, origins: "*" }
            auth: { required: false }
            channels: {}
            """
        #expect(ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml").faults.isEmpty)
        let outcome = ContractLoader(environment: [:], isProduction: true).outcome(of: text, file: "c.yaml")
        #expect(
            outcome.faults.map(\.description) == [
                "c.yaml:2:45: warning: any page on the web may connect\n  hint: list the origins of your pages"
            ])
        #expect(outcome.definition != nil)
    }
}
