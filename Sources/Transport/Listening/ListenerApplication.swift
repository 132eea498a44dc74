// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import NIOCore

/// What a listener serves. All functions are called on the connection's loop and must not block it.
package protocol ListenerApplication: Sendable {
    /// Decides on a request to become a WebSocket, at once. Well-formedness (RFC 6455 §4.2.1) is checked before; path,
    /// Origin and everything else is the application's.
    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision

    /// Answers a request. `respond` may be called at once or later, from any thread; the first call counts. Until then
    /// later requests of the same connection wait. Without a call the listener answers 503 in time.
    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void)

    /// Takes a request whose head has come, to have its body in pieces, to answer it at any time, and to be told when the client goes away.
    ///
    /// Called once for each request that is no upgrade, before `respond`; earlier requests of the connection are answered. A request that came
    /// behind others is offered when its turn comes.
    ///
    /// - Parameter request: without its body.
    /// - Returns: `nil` to have the request collected and given to `respond`; then `answer` is not used.
    func begin(_ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer) -> (any RequestReceiver)?
}

extension ListenerApplication {
    /// Takes every request whole.
    package func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        nil
    }
}
