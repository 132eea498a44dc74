// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why an opening handshake is refused.
///
/// `status` is what a server answers (RFC 6455 §4.2.1, §4.2.2); a client that meets a fault gives the connection up
/// (§4.1) and `status` is what the server said, or 0. `message` is short and safe to show.
package struct HandshakeFault: Error, Hashable, Sendable {
    package let status: Int
    package let message: String

    package init(status: Int, message: String) {
        self.status = status
        self.message = message
    }

    /// Answered with 426 and `Sec-WebSocket-Version: 13`.
    package static let unsupportedVersion = Self(status: 426, message: "only WebSocket version 13 is spoken")

    static func badRequest(_ message: String) -> Self { Self(status: 400, message: message) }
}
