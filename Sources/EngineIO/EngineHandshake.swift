// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// The request that a session began with. It stays, also after an upgrade.
package struct EngineHandshake: Sendable {
    /// As sent: the path without the query.
    package var path: String
    /// As sent. It may carry a token and goes into no log.
    package var query: QueryString
    package var headers: HTTPHeaders
    /// The client's address without its port; behind a proxy that is not trusted, the proxy's.
    package var remoteAddress: String
    /// Whether it was encrypted, to us or to a trusted proxy.
    package var isSecure: Bool
    /// Whether a proxy has passed the request on, trusted or not.
    package var isForwarded: Bool
    /// The client wants a WebSocket from the start.
    package var isWebSocket: Bool

    package init(
        path: String, query: QueryString, headers: HTTPHeaders, remoteAddress: String, isSecure: Bool = false,
        isForwarded: Bool = false, isWebSocket: Bool
    ) {
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
        self.isForwarded = isForwarded
        self.isWebSocket = isWebSocket
    }
}
