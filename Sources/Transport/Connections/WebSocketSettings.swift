// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import HTTP
package import NIOCore

/// The bounds of one WebSocket connection. Chosen by the application for each upgrade.
package struct WebSocketSettings: Sendable {
    /// Largest message taken from the peer, over all its fragments. Past it the connection closes with 1009, before
    /// memory is used for it.
    package var maximumMessageByteCount = 64 * 1024

    /// Bytes that may wait for a peer that does not read. What would pass it is dropped, with all that waits, and
    /// the connection closes with `tooSlowCode`. One buffer larger than this is taken if nothing waits.
    package var maximumQueuedByteCount = 1024 * 1024

    package var tooSlowCode = CloseCode.tooSlow
    package var tooSlowReason = "too slow"

    /// How long a closing handshake may take, and how long a slow peer has to read its close frame; then the
    /// socket is closed. Noticed with the listener's sweep, so up to a second late.
    package var closeTimeout = TimeAmount.seconds(5)

    /// One of the subprotocols the client offered, for the 101 response; nil: none.
    package var subprotocol: String?

    /// Further headers of the 101 response. Not kept with the connection.
    package var responseHeaders = HTTPHeaders()

    package init() {}
}
