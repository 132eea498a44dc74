// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct ContractTogetherTests {
    private func contract(_ name: String, listen: String) throws -> PlatformDefinition {
        let text = """
            contract: \(name)
            listen: \(listen)
            auth: { required: false }
            channels: {}
            """
        return try #require(ContractLoader(environment: [:]).outcome(of: text, file: "\(name).yaml").definition)
    }

    @Test func `two contracts on one listener and path are a fault that names both`() throws {
        let faults = ContractLoader.checkTogether([
            try self.contract("one", listen: "[ { port: 3000, websocket: /ws } ]"),
            try self.contract(
                "two", listen: "[ { port: 3001, websocket: /ws }, { host: 127.0.0.1, port: 3000, websocket: /ws } ]"),
        ])
        #expect(
            faults.map(\.description) == [
                "two.yaml:2:43: error: 127.0.0.1:3000/ws is taken by the contract \"one\" (one.yaml:2:11)\n"
                    + "  hint: change the port or the path of one of them"
            ])
    }

    @Test func `two contracts of one name are a fault`() throws {
        let faults = ContractLoader.checkTogether([
            try self.contract("one", listen: "[ { port: 3000, websocket: /ws } ]"),
            try self.contract("one", listen: "[ { port: 3001, websocket: /ws } ]"),
        ])
        #expect(faults.map(\.message) == ["the contract \"one\" is also in one.yaml"])
    }

    @Test func `contracts share a port by their paths, an address by its hosts, and port 0 always`() throws {
        let faults = ContractLoader.checkTogether([
            try self.contract(
                "one",
                listen:
                    "[ { port: 3000, websocket: /a }, { host: 10.0.0.1, port: 3001, websocket: /ws }, { port: 0, websocket: /ws } ]"
            ),
            try self.contract(
                "two",
                listen:
                    "[ { port: 3000, websocket: /b }, { host: 10.0.0.2, port: 3001, websocket: /ws }, { port: 0, websocket: /ws } ]"
            ),
        ])
        #expect(faults.isEmpty)
    }
}
