// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One place where a platform's clients connect.
package struct ListenerRules: Sendable {
    /// The address to bind; `nil`: every address of the machine.
    package var host: String?
    /// 0 lets the system choose.
    package var port: Int
    /// The path of the plain WebSocket endpoint.
    package var webSocketPath: String
    /// Origins that browsers may connect from, such as `https://app.example.com` or `http://localhost:*`; `*`: any.
    /// A request without an `Origin` header does not come from a page and passes.
    package var origins: [String]
    package var location: SourceLocation

    package init(host: String?, port: Int, webSocketPath: String, origins: [String], location: SourceLocation) {
        self.host = host
        self.port = port
        self.webSocketPath = webSocketPath
        self.origins = origins
        self.location = location
    }
}
