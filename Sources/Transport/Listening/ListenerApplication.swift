// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import NIOCore

/// What a listener serves. Both functions are called on the connection's loop and must not block it.
package protocol ListenerApplication: Sendable {
    /// Decides on a request to become a WebSocket, at once. Well-formedness (RFC 6455 §4.2.1) is checked before; path,
    /// Origin and everything else is the application's.
    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision

    /// Answers a request. `respond` may be called at once or later, from any thread; the first call counts. Until then
    /// later requests of the same connection wait. Without a call the listener answers 503 in time.
    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void)
}
