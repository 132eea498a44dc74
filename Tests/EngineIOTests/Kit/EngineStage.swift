// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import NIOPosix
import Synchronization
import Transport
import WebSocketProtocol

@testable import EngineIO

/// What sessions have told, in the order they told it.
final class Happenings: Sendable {
    private let events = Mutex<[String]>([])

    func append(_ event: String) { self.events.withLock { $0.append(event) } }

    var all: [String] { self.events.withLock { $0 } }

    /// The events once `condition` holds, or those of a minute later.
    func all(once condition: ([String]) -> Bool) async -> [String] {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let events = self.all
            if condition(events) || ContinuousClock.now > end { return events }
            await Task.yield()
        }
    }

    /// All events, once one is `event`.
    func all(with event: String) async -> [String] { await self.all { $0.contains(event) } }
}

/// Echoes every message, and does what some texts say.
final class EchoHandler: EngineSessionHandler {
    private let port: any EnginePort
    private let happenings: Happenings

    init(_ port: any EnginePort, _ happenings: Happenings) {
        self.port = port
        self.happenings = happenings
    }

    func opened() { self.happenings.append("opened \(self.port.transport.rawValue)") }

    func received(text: UnsafeRawBufferPointer) {
        let text = String(decoding: text, as: UTF8.self)
        self.happenings.append("text \(text.count < 100 ? text : "of \(text.utf8.count) bytes")")
        switch text {
        case "close": self.port.close(.forcedClose, code: nil)
        case "goodbye":
            self.port.send(EngineFrames.text("4goodbye"))
            self.port.close(.forcedClose, code: nil)
        case "restart": self.port.close(.forcedClose, code: .goingAway)
        case "twenty": for number in 1...20 { self.port.send(EngineFrames.text("4\(number)")) }
        case "much": for _ in 1...100 { self.port.send(EngineFrames.text("4" + String(repeating: "x", count: 50_000))) }
        case "pause":
            self.port.setReceiving(false)
            let port = NIOLoopBound(self.port, eventLoop: self.port.eventLoop)
            self.port.eventLoop.scheduleTask(in: .milliseconds(50)) { [happenings = self.happenings] in
                happenings.append("resumed")
                port.value.setReceiving(true)
            }
        default: self.port.send(EngineFrames.text("4" + text))
        }
    }

    func received(binary: UnsafeRawBufferPointer) {
        self.happenings.append("binary \(Array(binary))")
        var frame = ByteBuffer()
        WebSocketFrame.append(.binary, binary, to: &frame)
        self.port.send(frame)
    }

    func closed(_ reason: EngineCloseReason) { self.happenings.append("closed: \(reason)") }
}

/// An endpoint behind a real listener.
struct EngineStage: Sendable {
    let endpoint: EngineEndpoint
    let listener: Listener
    let happenings: Happenings

    var port: Int { self.listener.port }

    static let polling = "/engine.io/?EIO=4&transport=polling"
    static let webSocket = "/engine.io/?EIO=4&transport=websocket"

    /// Serves while `body` runs.
    static func run(
        _ configuration: EngineConfiguration = EngineConfiguration(), loopCount: Int = 1,
        listening: (inout ListenerConfiguration) -> Void = { _ in },
        admit: @escaping @Sendable (EngineHandshake) -> EngineRefusal? = { _ in nil },
        _ body: (EngineStage) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
        let happenings = Happenings()
        let endpoint = EngineEndpoint(configuration, admit: admit) { EchoHandler($0, happenings) }
        var listenerConfiguration = ListenerConfiguration()
        listenerConfiguration.sweepInterval = .milliseconds(20)
        listening(&listenerConfiguration)
        let listener = try await Listener.start(
            listenerConfiguration, application: EngineApplication(endpoint), on: group)
        do {
            try await body(EngineStage(endpoint: endpoint, listener: listener, happenings: happenings))
        } catch {
            try await listener.stopAccepting()
            try await group.shutdownGracefully()
            throw error
        }
        try await listener.stopAccepting()
        try await group.shutdownGracefully()
    }

    func connect() throws -> WireClient { try WireClient(port: self.port) }

    /// One request on a connection of its own.
    func ask(_ method: String, _ target: String, _ headers: String = "", body: String? = nil) throws
        -> WireClient.Response
    {
        try self.connect().ask(method, target, headers, body: body)
    }

    /// Opens a session over polling and returns where it is polled.
    func open() throws -> String {
        let body = try self.ask("GET", Self.polling).body
        return Self.polling + "&sid=" + (try Self.sid(body))
    }

    /// The `sid` of an open packet.
    static func sid(_ packet: String) throws -> String {
        guard packet.hasPrefix(#"0{"sid":""#), packet.utf8.count > 29 else {
            throw WireClient.Fault(what: "no open packet: \(packet)")
        }
        return String(packet.dropFirst(9).prefix(20))
    }

    /// Opens a session on a WebSocket and reads its open packet.
    func openWebSocket(_ extra: String = "") throws -> WireClient {
        let client = try self.connect()
        try client.upgrade(Self.webSocket + extra)
        _ = try client.readText()
        return client
    }

    /// A WebSocket for a session that is polled.
    func candidate(_ session: String) throws -> WireClient {
        let client = try self.connect()
        try client.upgrade(session.replacing("transport=polling", with: "transport=websocket"))
        return client
    }

    /// The body of the session's next GET.
    func poll(_ session: String) throws -> String { try self.ask("GET", session).body }

    func post(_ session: String, _ body: String) throws -> WireClient.Response {
        try self.ask("POST", session, body: body)
    }

    /// The number of sessions once it is `count`, or a minute later.
    func sessionCount(once count: Int) async -> Int {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let gauges = self.endpoint.gauges
            let sum = gauges.pollingSessions + gauges.webSocketSessions
            if sum == count || ContinuousClock.now > end { return sum }
            await Task.yield()
        }
    }
}
