// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import WebSocketDialect

/// One client in front of a platform on one loop that only moves when it is told to.
final class Stage {
    let loop = EmbeddedEventLoop()
    let platform: Platform
    let hub: LoopHub
    let port: RecordingPort
    let session: PlainSession

    static let now = "2025-11-05T12:00:00.000Z"

    init(
        _ definition: PlatformDefinition = .protocolOfOrders(),
        token: String? = "did:x:ann",
        door: any Authenticator = OpenDoor()
    ) throws {
        self.platform = try Platform(
            definition, dialects: [PlainDialect(definition)], engine: MemoryEngine(), eventLoops: [self.loop],
            clock: ManualClock(), node: 7)
        guard let hub = self.platform.hub(on: self.loop) else { preconditionFailure("a new platform has a hub") }
        self.hub = hub
        self.port = RecordingPort(self.loop)
        self.session = PlainSession(
            port: self.port, credential: token.map { Credential(.jwt, $0) }, hub: hub, authenticator: door)
    }

    /// Opens the connection and forgets the welcome.
    static func open(_ definition: PlatformDefinition = .protocolOfOrders()) throws -> Stage {
        let stage = try Stage(definition)
        stage.session.opened()
        stage.port.forget()
        return stage
    }

    deinit {
        self.platform.close()
        self.loop.run()
    }

    /// What the client is sent in answer to a text message.
    @discardableResult
    func say(_ text: String) -> [String] {
        self.port.forget()
        var text = text
        text.withUTF8 { self.session.received(text: UnsafeRawBufferPointer($0)) }
        return self.port.texts
    }

    func publish(_ event: String, _ data: String, to channels: [String]? = nil) throws {
        let data = try JSONDocument(parsing: data).root
        self.platform.publish([PublishRequest(event: event, data: data, channels: channels)]) { _ in }
        self.loop.run()
    }
}
