// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One connection's way out, as sessions and the hub see it.
///
/// Owned by `eventLoop`: every member is used on that loop only. Order: bytes leave in the order
/// of the calls. After the connection has ended, or `close` was called, every call is ignored. No call leads back into the
/// session before it returns.
package protocol OutboundPort: AnyObject {
    /// A number that no other connection of this process has or had.
    var number: UInt64 { get }

    /// The loop that owns the connection.
    var eventLoop: any EventLoop { get }

    /// What carries the bytes now.
    var transport: PortTransport { get }

    /// Milliseconds that the last answered ping took; nil before the first one, and where nobody measures it.
    var roundTrip: Int64? { get }

    /// Sends bytes that are complete frames of this connection's transport. They may be shared with any
    /// number of other connections; the callee never changes them.
    ///
    /// Nothing is thrown when the peer is slow: what the kernel does not take is queued up to the
    /// connection's byte limit, past which the connection closes with its "too slow" code.
    func send(_ frames: ByteBuffer)

    /// The same for frames of which some may be left out when the peer is slow: those of one key make way for newer ones, and past the
    /// byte limit the oldest ones waiting are dropped before the connection is given up. The session is told how many were dropped.
    func send(_ frames: ByteBuffer, queueing: Queueing)

    /// Ends the connection after what was sent before: with a close frame, then the close handshake,
    /// bounded in time.
    func close(_ code: CloseCode, reason: String)

    /// Stops, or starts again, handing received messages to the session. The session pauses while it
    /// waits for an answer that later messages depend on.
    func setReceiving(_ isReceiving: Bool)

    /// Sends a ping of the transport's own kind and closes the connection if `timeout` passes without any sign
    /// of life.
    func ping(timeout: TimeAmount)
}

extension OutboundPort {
    package var transport: PortTransport { .webSocket }

    package var roundTrip: Int64? { nil }

    /// A port without a queue of its own has nothing to leave out.
    package func send(_ frames: ByteBuffer, queueing: Queueing) { self.send(frames) }
}
