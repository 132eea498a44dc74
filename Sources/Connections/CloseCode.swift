// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a connection ends, as a WebSocket close code (RFC 6455 §7.4).
///
/// A code that a server may send is 1000–1011 without the reserved ones, or 3000–4999. The platform's
/// contract chooses codes and reasons; the constants are what is used where it is silent.
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normal = Self(rawValue: 1000)
    /// The server is going down or the client navigated away.
    package static let goingAway = Self(rawValue: 1001)
    package static let protocolError = Self(rawValue: 1002)
    package static let unsupportedData = Self(rawValue: 1003)
    package static let invalidPayload = Self(rawValue: 1007)
    package static let policyViolation = Self(rawValue: 1008)
    package static let messageTooBig = Self(rawValue: 1009)
    package static let internalError = Self(rawValue: 1011)
    /// The server cannot serve this client now, and may later (IANA's registry of RFC 6455 §11.7).
    package static let tryAgainLater = Self(rawValue: 1013)
    /// The client reads more slowly than it is written to, and its queue is full.
    package static let tooSlow = Self(rawValue: 3008)
}
