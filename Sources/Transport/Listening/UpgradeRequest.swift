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
    /// The peer's address without its port. Behind a proxy it is the proxy's.
    package var remoteAddress: String

    package init(target: String, headers: HTTPHeaders, remoteAddress: String) {
        (self.rawPath, self.query) = HTTPRequest.split(target: target)
        self.headers = headers
        self.remoteAddress = remoteAddress
    }

    /// The path with its percent-encoding decoded, or as sent where that is broken.
    package var path: String { PercentEncoding.decode(self.rawPath) ?? self.rawPath }

    /// The `Origin` header, which browsers always send and scripts cannot change; nil where there is none.
    package var origin: String? { self.headers["origin"] }

    /// What the client offers in `Sec-WebSocket-Protocol`, in its order of preference.
    package var subprotocols: [String] { Handshake.offeredSubprotocols { self.headers.values($0) } }
}
