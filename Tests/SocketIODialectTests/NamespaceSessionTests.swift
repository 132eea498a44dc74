// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import JSON
import NIOCore
import NIOEmbedded
import Realtime
import SocketIO
import Testing

@testable import SocketIODialect

/// From a session to the answer that the client waits for.
@Suite struct NamespaceSessionTests {
    /// A client that has asked for the namespace `/` and has a session, but no answer yet.
    private final class Waiting: SocketGate {
        let loop = EmbeddedEventLoop()
        let wire: RecordingEngine
        private let platform: Platform
        private var connection: SocketConnection?
        private(set) var handler: NamespaceSession?

        init() throws {
            let definition = PlatformDefinition.rooms()
            self.platform = try Platform(
                definition, dialects: [SocketIODialect(definition)], engine: MemoryEngine(), eventLoops: [self.loop])
            self.wire = RecordingEngine(self.loop, transport: .websocket)
            let connection = SocketConnection(port: self.wire, limits: SocketLimits(), gate: self)
            self.connection = connection
            connection.opened()
            Array("0".utf8).withUnsafeBytes { connection.received(text: $0) }
        }

        func end() {
            self.connection?.closed(.transportClose)
            self.connection = nil
            self.platform.close()
            self.loop.run()
        }

        func join(_ link: SocketLink, auth: JSONNode) {
            guard let hub = self.platform.hub(on: self.loop) else { return }
            let port = NamespacePort(link, number: 1, receiving: SharedReceiving(self.wire))
            self.handler = NamespaceSession(
                Session(port: port, identity: nil, dialectIndex: 0, hub: hub, takesJoins: true), port: port)
        }

        func closed(_ reason: EngineCloseReason) {}

        /// What he waited for is there.
        func answer() throws {
            try self.handler?.open(JSONDocument(parsing: "{}").root) {}
            self.loop.run()
        }
    }

    @Test func `a client whose session ends before his answer is put out right behind it`() throws {
        let client = try Waiting()
        let handler = try #require(client.handler)
        handler.session.end(RequestError(.forbidden, "revoked"))
        handler.port.close(.policyViolation, reason: "revoked")
        client.loop.run()
        try client.answer()
        let packets = client.wire.sent.map { $0.prefix(3) }
        #expect(packets.suffix(2) == ["40{", "41"], "\(client.wire.sent)")
        #expect(client.wire.closed == nil)
        #expect(!handler.session.isOpen)
        client.end()
    }

    @Test func `a session that goes on is told nothing of the kind`() throws {
        let client = try Waiting()
        try client.answer()
        #expect(client.wire.sent.map { $0.prefix(3) } == ["40{"])
        #expect(try #require(client.handler).session.isOpen)
        client.end()
    }
}
