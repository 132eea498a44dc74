// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// Where a client connects: `ws://host:port/path?query`, and the headers it sends along.
package struct WebSocketAddress: Sendable {
    package var host: String
    package var port: Int
    /// Path and query, percent-encoded; begins with `/`.
    package var target: String
    /// Sent as they are, behind those of the handshake: `Authorization`, `Origin`, `Sec-WebSocket-Protocol`.
    package var headers: HTTPHeaders

    package init(host: String, port: Int, target: String = "/", headers: HTTPHeaders = HTTPHeaders()) {
        self.host = host
        self.port = port
        self.target = target
        self.headers = headers
    }

    /// The `Host` header (RFC 6455 §4.1): an IPv6 address in brackets, the port where it is not 80.
    var authority: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == 80 ? name : "\(name):\(self.port)"
    }
}
