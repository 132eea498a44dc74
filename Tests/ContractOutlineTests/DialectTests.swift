// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Testing

/// How a client tells frames apart follows from the contract.
@Suite struct DialectTests {
    private func fixed(_ shape: DialectOutline.Shape?) -> [String: String]? {
        shape.map { Dictionary($0.fixed.map { ($0.name, $0.value) }) { first, _ in first } }
    }

    @Test func `of rangkai`() throws {
        let dialect = try #require(try Shipped.outline("rangkai").dialect)
        #expect(dialect.command == "type")
        #expect(dialect.subscribe == .init(name: "subscribe", channel: "channel", channels: "channels"))
        #expect(dialect.unsubscribe == .init(name: "unsubscribe", channel: "channel", channels: "channels"))
        #expect(dialect.ping == "ping")
        #expect(dialect.data == nil)
        #expect(self.fixed(dialect.welcome) == ["type": "connected"])
        #expect(self.fixed(dialect.subscribed) == ["type": "subscribed"])
        #expect(dialect.subscribed?["channel"] == "channel")
        #expect(self.fixed(dialect.unsubscribed) == ["type": "unsubscribed"])
        #expect(self.fixed(dialect.pong) == ["type": "pong"])
        #expect(self.fixed(dialect.error) == ["type": "error"])
        #expect(dialect.error?["message"] == "message")
        #expect(dialect.event == .init(name: "event", data: "data", time: "timestamp", position: "position"))
        #expect(dialect.token == "token")
        #expect(dialect.positions == .init(query: "positions", since: "since"))
    }

    @Test func `of paychain`() throws {
        let dialect = try #require(try Shipped.outline("paychain").dialect)
        #expect(dialect.subscribe == .init(name: "subscribe", channel: "channel", channels: "channels"))
        #expect(dialect.data == "data")
        #expect(self.fixed(dialect.subscribed) == ["type": "subscribed"])
        #expect(dialect.subscribed?["channels"] == "data.channels")
        #expect(dialect.subscribed?["recovered"] == "data.recovered")
        #expect(dialect.error?["message"] == "data.message")
        #expect(dialect.error?["code"] == "data.code")
        #expect(dialect.error?["channel"] == "data.channel")
        #expect(dialect.event == .init(name: "type", data: "data", time: "timestamp", position: "id"))
        #expect(dialect.positions == .init(query: "ids", since: "since"))
        #expect(dialect.token == "token")
    }

    @Test func `of bulkbuyer`() throws {
        let dialect = try #require(try Shipped.outline("bulkbuyer").dialect)
        #expect(dialect.subscribe == nil)
        #expect(dialect.welcome == nil)
        #expect(dialect.error == nil)
        #expect(dialect.ping == "PING")
        #expect(self.fixed(dialect.pong) == ["type": "PONG"])
        #expect(dialect.event == .init(name: "type", data: "data", time: "timestamp", id: "id"))
        #expect(dialect.token == nil)
    }
}
