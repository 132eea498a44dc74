// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

/// How an Engine.IO server behaves. The defaults are those of the reference implementation.
public struct EngineConfiguration: Sendable {
    /// What requests' paths begin with, its last slash included.
    public var path = "/engine.io/"
    /// Whether sessions may be polled.
    public var allowsPolling = true
    /// Whether sessions may use a WebSocket.
    public var allowsWebSocket = true
    /// Whether a session that is polled may change to a WebSocket.
    public var allowsUpgrades = true
    /// Milliseconds from the opening, or a pong, to the next ping.
    public var pingInterval: Int64 = 25_000
    /// Milliseconds that a client has for its pong; then the session ends.
    public var pingTimeout: Int64 = 20_000
    /// Milliseconds that a WebSocket which was opened for an upgrade has for it.
    public var upgradeTimeout: Int64 = 10_000
    /// The largest body of a POST and the largest WebSocket message, in bytes. Clients are told.
    public var maximumPayloadByteCount = 1_000_000
    /// Bytes that wait for a client that does not read, or poll; past it the session ends.
    public var maximumQueuedByteCount = 1024 * 1024
    /// A cookie that clients get with the handshake.
    public var cookie: EngineCookie?
    /// Which pages of other origins may poll; `nil`: no header is sent, so that none may.
    public var crossOrigin: EngineCrossOrigin?

    /// What the WebSocket of a client that reads too slowly is closed with.
    package var tooSlowCode = CloseCode.tooSlow
    /// Said with it.
    package var tooSlowReason = "too slow"

    /// The reference implementation's settings.
    public init() {}

    /// Milliseconds that a client has to fetch what it was sent before its session was closed.
    static let closeWait: Int64 = 30_000
    /// Milliseconds from the probe of an upgrade to the answer of a GET that waits.
    static let probeWait: Int64 = 50

    /// The names in a handshake's `upgrades`.
    func upgrades(from transport: EngineTransport) -> [String] {
        transport == .polling && self.allowsUpgrades && self.allowsWebSocket ? ["websocket"] : []
    }
}
