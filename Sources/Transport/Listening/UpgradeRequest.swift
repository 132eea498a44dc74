// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
import WebSocketProtocol

/// A well-formed request to become a WebSocket, as the application sees it before it decides.
package struct UpgradeRequest: Sendable {
    /// As sent, percent-encoding and all, without the query.
    package var rawPath: String
    /// As sent. It may carry a token and goes into no log (ALL-D08).
    package var query: QueryString
    package var headers: HTTPHeaders
    /// The client's address without its port; behind a proxy that is not trusted, the proxy's.
    package var remoteAddress: String
    /// Whether a proxy has passed the request on, trusted or not. See `RequestSource`.
    package var isForwarded: Bool
    /// Whether it was encrypted on its way to a trusted proxy.
    package var isSecure: Bool

    package init(
        target: String, headers: HTTPHeaders, remoteAddress: String, isForwarded: Bool = false, isSecure: Bool = false
    ) {
        (self.rawPath, self.query) = HTTPRequest.split(target: target)
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.isForwarded = isForwarded
        self.isSecure = isSecure
    }

    /// The path with its percent-encoding decoded, or as sent where that is broken.
    package var path: String { PercentEncoding.decode(self.rawPath) ?? self.rawPath }

    /// The `Origin` header, which browsers always send and scripts cannot change; nil where there is none.
    package var origin: String? { self.headers["origin"] }

    /// What the client offers in `Sec-WebSocket-Protocol`, in its order of preference.
    package var subprotocols: [String] { Handshake.offeredSubprotocols { self.headers.values($0) } }
}
