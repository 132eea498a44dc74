// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Where a client says something, whatever carries it. Owned by the connection's event loop.
package protocol LinkPort: AnyObject {
    var eventLoop: any EventLoop { get }

    /// Sends a text message, or a packet of Engine.IO, behind those sent before.
    func send(_ text: String)

    /// Ends the connection; the session hears of it.
    func close()

    /// Stops, or starts again, taking what the server sends.
    func setReceiving(_ isReceiving: Bool)

    /// Has the connection end unless something comes from the server in this time. Where the transport has no pings of its own,
    /// nothing happens.
    func ping(timeout: TimeAmount)
}
