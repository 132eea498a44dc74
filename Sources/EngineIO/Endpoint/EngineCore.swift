// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Transport

/// What all sessions of an endpoint have in common.
final class EngineCore: Sendable {
    let configuration: EngineConfiguration
    let table = SessionTable()
    let admit: @Sendable (EngineHandshake) -> EngineRefusal?
    let makeHandler: @Sendable (any EnginePort) -> any EngineSessionHandler
    /// Of every WebSocket, but for what depends on the request.
    let webSocketSettings: WebSocketSettings

    init(
        _ configuration: EngineConfiguration, admit: @escaping @Sendable (EngineHandshake) -> EngineRefusal?,
        makeHandler: @escaping @Sendable (any EnginePort) -> any EngineSessionHandler
    ) {
        self.configuration = configuration
        self.admit = admit
        self.makeHandler = makeHandler
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = configuration.maximumPayloadByteCount
        settings.maximumQueuedByteCount = configuration.maximumQueuedByteCount
        settings.tooSlowCode = configuration.tooSlowCode
        settings.tooSlowReason = configuration.tooSlowReason
        self.webSocketSettings = settings
    }

    /// The packet that opens a session, as a frame. Its numbers are integers, which some clients insist on.
    func openFrame(_ id: SessionID, _ transport: EngineTransport) -> ByteBuffer {
        let upgrades = self.configuration.upgrades(from: transport).map { "\"\($0)\"" }.joined(separator: ",")
        let (interval, timeout) = (self.configuration.pingInterval, self.configuration.pingTimeout)
        return EngineFrames.text(
            "0{\"sid\":\"\(id.text)\",\"upgrades\":[\(upgrades)],\"pingInterval\":\(interval),"
                + "\"pingTimeout\":\(timeout),\"maxPayload\":\(self.configuration.maximumPayloadByteCount)}")
    }
}
