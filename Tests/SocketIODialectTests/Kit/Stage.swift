// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore
import NIOEmbedded
import Realtime
import SocketIO
import SocketIODialect

/// One Socket.IO connection in front of a platform on one loop that only moves when it is told to.
final class Stage {
    /// Lets in whoever names himself: the token is the user's id.
    private struct OpenDoor: Authenticator {
        func authenticate(
            _ credential: Credential?,
            on eventLoop: any EventLoop,
            completion: @escaping (Result<Identity?, RequestError>) -> Void
        ) {
            guard let token = credential?.text else {
                return completion(.failure(RequestError(.unauthenticated, "no token")))
            }
            completion(.success(Identity(user: UserID(token), roles: [])))
        }
    }

    let loop = EmbeddedEventLoop()
    let platform: Platform
    let engine: RecordingEngine
    private let connection: SocketConnection

    init(_ definition: PlatformDefinition = .rooms(), transport: EngineTransport = .websocket) throws {
        self.platform = try Platform(
            definition, dialects: [SocketIODialect(definition)], engine: MemoryEngine(), eventLoops: [self.loop],
            node: 7)
        guard let hub = self.platform.hub(on: self.loop) else { preconditionFailure("a new platform has a hub") }
        self.engine = RecordingEngine(self.loop, transport: transport)
        let door = PlatformDoor(
            self.platform, listener: 0, authenticator: OpenDoor(),
            credential: { _, _, auth in auth["token"]?.string.map { Credential(.jwt, $0) } }, makeNumber: { 42 })
        self.connection = SocketConnection(
            port: self.engine, limits: SocketLimits(), gate: PlatformGate(door, port: self.engine, hub: hub))
        self.connection.opened()
    }

    /// A client who has joined the namespace `/` as `ann`, and was told so.
    static func joined(
        _ definition: PlatformDefinition = .rooms(), transport: EngineTransport = .websocket
    ) throws -> Stage {
        let stage = try Stage(definition, transport: transport)
        stage.say(#"40{"token":"ann"}"#)
        return stage
    }

    deinit {
        self.connection.closed(.transportClose)
        self.platform.close()
        self.loop.run()
    }

    /// What the client is sent in answer to a message, which begins with the `4` of Engine.IO.
    @discardableResult
    func say(_ message: String) -> [String] {
        _ = self.engine.takeSent()
        Array(message.utf8.dropFirst()).withUnsafeBytes { self.connection.received(text: $0) }
        self.loop.run()
        return self.engine.takeSent()
    }

    func say(binary bytes: [UInt8]) -> [String] {
        _ = self.engine.takeSent()
        bytes.withUnsafeBytes { self.connection.received(binary: $0) }
        self.loop.run()
        return self.engine.takeSent()
    }

    /// What the client is sent of a publication.
    func publish(_ event: String, _ data: String, to channel: String) throws -> [String] {
        _ = self.engine.takeSent()
        let data = try JSONDocument(parsing: data).root
        self.platform.publish([PublishRequest(event: event, data: data, channels: [channel])]) { _ in }
        self.loop.run()
        return self.engine.takeSent()
    }
}
