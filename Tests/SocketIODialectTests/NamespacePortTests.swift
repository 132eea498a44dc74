// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import JSON
import NIOCore
import NIOEmbedded
import SocketIO
import Testing

@testable import SocketIODialect

/// A namespace's way out: how its connection ends (ALL-D11), and who receives meanwhile.
@Suite struct NamespacePortTests {
    /// Lets everybody in and hears nothing.
    private final class OpenGate: SocketGate, SocketLinkHandler {
        private(set) var links: [SocketLink] = []

        func join(_ link: SocketLink, auth: JSONNode) {
            self.links.append(link)
            link.accept(id: "id", handler: self)
        }

        func closed(_ reason: EngineCloseReason) {}
        func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {}
        func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {}
        func ended(_ reason: DisconnectReason) {}
    }

    /// A connection that has joined `/rooms`.
    private struct Joined {
        let loop = EmbeddedEventLoop()
        let engine: RecordingEngine
        let port: NamespacePort
        private let connection: SocketConnection

        init(transport: EngineTransport = .websocket) throws {
            let gate = OpenGate()
            self.engine = RecordingEngine(self.loop, transport: transport)
            let connection = SocketConnection(port: self.engine, limits: SocketLimits(), gate: gate)
            connection.opened()
            Array("0/rooms,".utf8).withUnsafeBytes { connection.received(text: $0) }
            self.connection = connection
            self.port = NamespacePort(
                try #require(gate.links.first), number: 43, receiving: SharedReceiving(self.engine))
            _ = self.engine.takeSent()
        }

        func end() { self.connection.closed(.transportClose) }
    }

    @Test(arguments: [1000, 1001, 1011, 1012, 1013] as [UInt16])
    func `a client that is to come back loses its connection, with the code (ALL-D11)`(code: UInt16) throws {
        let joined = try Joined()
        joined.port.close(CloseCode(rawValue: code), reason: "")
        // Not inside the call, as the session may be in the midst of something.
        #expect(joined.engine.closed == nil)
        joined.port.send(EventText.frame("late", data: [UInt8(ascii: "1")]))
        joined.loop.run()
        #expect(joined.engine.sent == [])
        #expect(joined.engine.closed?.code?.rawValue == code)
        #expect(joined.engine.closed?.reason == (code == 1001 ? .serverShuttingDown : .forcedClose))
        joined.end()
    }

    @Test(arguments: [1008, 3008, 4001, 4010] as [UInt16])
    func `any other client is put out of its namespace and stays connected (ALL-D11)`(code: UInt16) throws {
        let joined = try Joined()
        joined.port.close(CloseCode(rawValue: code), reason: "")
        joined.port.send(EventText.frame("late", data: [UInt8(ascii: "1")]))
        #expect(joined.engine.sent == [])
        joined.loop.run()
        #expect(joined.engine.takeSent() == ["41/rooms,"])
        #expect(joined.engine.closed == nil)
        joined.end()
    }

    @Test func `over polling a client comes back only for an error`() throws {
        let joined = try Joined(transport: .polling)
        joined.port.close(.normal, reason: "")
        joined.loop.run()
        #expect(joined.engine.closed?.code == .goingAway)
        joined.end()
    }

    @Test func `what is sent is in the namespace, and an empty publication is nothing`() throws {
        let joined = try Joined()
        joined.port.send(EventText.frame("said", data: Array("{}".utf8)))
        joined.port.send(ByteBuffer())
        #expect(joined.engine.takeSent() == [#"42/rooms,["said",{}]"#])
        joined.end()
    }

    @Test func `a connection receives while none of its namespaces wants it to stop`() throws {
        let joined = try Joined()
        let receiving = SharedReceiving(joined.engine)
        let ports = (0..<2).map { NamespacePort(joined.port.link, number: $0, receiving: receiving) }
        ports[0].setReceiving(false)
        ports[0].setReceiving(false)
        ports[1].setReceiving(false)
        #expect(joined.engine.receiving == [false])
        ports[0].setReceiving(true)
        #expect(joined.engine.receiving == [false])
        // A namespace that was left holds nobody up.
        ports[1].ended()
        #expect(joined.engine.receiving == [false, true])
        joined.end()
    }
}
