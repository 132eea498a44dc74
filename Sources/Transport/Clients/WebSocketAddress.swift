// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Certificates
package import HTTP
package import NIOCore

/// Where a client connects: `ws://host:port/path?query`, or `wss://`, and the headers it sends along.
package struct WebSocketAddress: Sendable {
    package var host: String
    package var port: Int
    /// Path and query, percent-encoded; begins with `/`.
    package var target: String
    /// Sent as they are, behind those of the handshake: `Authorization`, `Origin`, `Sec-WebSocket-Protocol`.
    package var headers: HTTPHeaders
    /// Whose certificates are believed; `nil`: the connection is not encrypted.
    package var trust: CertificateTrust?
    /// The name that the server's certificate must be for, and that the server is asked for; `nil`: the host.
    package var serverName: String?

    package init(
        host: String, port: Int, target: String = "/", headers: HTTPHeaders = HTTPHeaders(),
        trust: CertificateTrust? = nil, serverName: String? = nil
    ) {
        self.host = host
        self.port = port
        self.target = target
        self.headers = headers
        self.trust = trust
        self.serverName = serverName
    }

    /// Puts what encrypts in front of a new connection's handlers, if it is to be encrypted.
    package func encrypt(_ channel: any Channel) throws {
        guard let trust else { return }
        try channel.pipeline.syncOperations.addHandler(
            try trust.handler(for: self.serverName ?? self.host), position: .first)
    }

    /// The `Host` header (RFC 6455 §4.1): an IPv6 address in brackets, the port where it is not the scheme's own.
    package var authority: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == (self.trust == nil ? 80 : 443) ? name : "\(name):\(self.port)"
    }
}
