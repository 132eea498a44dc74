// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One place where a platform's clients connect.
package struct ListenerRules: Sendable {
    /// What is spoken there.
    package enum Endpoint: Sendable {
        /// Plain JSON over WebSocket.
        case webSocket
        /// Socket.IO 5 over Engine.IO 4. The first namespace that a name fits counts.
        case socketIO([NamespaceRules])
    }

    /// Files in PEM.
    package struct TLS: Sendable, Hashable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// The address to bind; `nil`: every address of the machine.
    package var host: String?
    /// 0 lets the system choose.
    package var port: Int
    /// Of the endpoint, without a slash at its end.
    package var path: String
    package var endpoint: Endpoint
    /// `nil`: unencrypted.
    package var tls: TLS?
    /// Origins that browsers may connect from, such as `https://app.example.com` or `http://localhost:*`; `*`: any.
    /// A request without an `Origin` header does not come from a page and passes.
    package var origins: [String]
    package var location: SourceLocation

    package init(
        host: String?, port: Int, path: String, endpoint: Endpoint = .webSocket, origins: [String],
        location: SourceLocation
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.endpoint = endpoint
        self.origins = origins
        self.location = location
    }

    package var isSocketIO: Bool {
        if case .socketIO = self.endpoint { true } else { false }
    }
}
