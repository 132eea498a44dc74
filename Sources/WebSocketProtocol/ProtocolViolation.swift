// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a peer's bytes end the connection.
///
/// `closeCode` is one of RFC 6455 §7.4.1: 1002 for a broken frame, 1007 for text that is not UTF-8, 1009 for a
/// message over the limit. `reason` is short ASCII and may be shown to the peer.
package struct ProtocolViolation: Error, Hashable, Sendable {
    package let closeCode: UInt16
    package let reason: String

    package init(closeCode: UInt16, reason: String) {
        self.closeCode = closeCode
        self.reason = reason
    }

    static func protocolError(_ reason: String) -> Self { Self(closeCode: 1002, reason: reason) }

    package static let invalidUTF8 = Self(closeCode: 1007, reason: "text is not UTF-8")
    package static let messageTooBig = Self(closeCode: 1009, reason: "message too big")
}
