// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore

/// One Engine.IO session's way out, as whoever speaks over it sees it. It outlives the transports: polling first, a WebSocket later.
///
/// Owned by `eventLoop`: every member is used on that loop only. After `close`, or after the session has ended, calls are ignored. No
/// call leads back into the session's handler before it returns.
package protocol EnginePort: AnyObject {
    /// The session's `sid`: a secret between the client and the server.
    var id: String { get }

    /// A number that no other session or WebSocket of this process has or had.
    var number: UInt64 { get }

    var eventLoop: any EventLoop { get }

    var handshake: EngineHandshake { get }

    /// The transport in use now.
    var transport: EngineTransport { get }

    /// Whether a message would leave at once: a GET waits, or the WebSocket has taken everything before.
    var isReadyNow: Bool { get }

    /// Milliseconds that the last answered ping took.
    var roundTrip: Int64? { get }

    /// Sends messages: any number of complete, unmasked WebSocket frames, one Engine.IO packet each. A text frame's payload begins with
    /// the packet's type, `4`; a binary frame is a binary message. The bytes may be shared with any number of sessions.
    ///
    /// They leave in the order of the calls, and frames of one call stay together. What a slow client does not take waits up to a limit of
    /// bytes, past which the session ends with `transport error`.
    func send(_ frames: ByteBuffer)

    /// The same for frames of which some may be left out when the client is slow. See `OutboundPort`.
    func send(_ frames: ByteBuffer, queueing: Queueing)

    /// Stops, or starts again, handing received messages to the handler.
    func setReceiving(_ isReceiving: Bool)

    /// Ends the session after what was sent before. The client is not told why, and comes back by itself.
    ///
    /// - Parameter code: for a WebSocket's close frame; `nil`: without a code, as the reference does.
    func close(_ reason: EngineCloseReason, code: CloseCode?)
}

package enum EngineTransport: String, Sendable, CaseIterable { case polling, websocket }
