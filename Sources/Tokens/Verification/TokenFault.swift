// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a token was refused. For the log and for counters; a client is told none of it.
///
/// Safe to log: every text is one of ours, nothing of the token or of a key is ever part of it.
/// Two faults are equal when code and reason are; callers that decide compare ``code``.
package struct TokenFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault, by a name that stays: good as a label of a counter.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// There is no token: an empty text.
        package static let missing = Self(rawValue: "missing")
        /// Past the size ceiling; nothing of it was read.
        package static let tooLarge = Self(rawValue: "too_large")
        /// Not a compact JWS with JSON objects for header and claims (RFC 7515 §7.1, RFC 7519 §7.2).
        package static let malformed = Self(rawValue: "malformed")
        /// `alg` is `none`, unknown, or one that no key of ours is for.
        package static let unsupportedAlgorithm = Self(rawValue: "unsupported_algorithm")
        /// `kid` names a key we do not have. The only fault that ``TokenVerifier/refreshKeys(now:completion:)``
        /// can heal.
        package static let unknownKey = Self(rawValue: "unknown_key")
        package static let badSignature = Self(rawValue: "bad_signature")
        package static let expired = Self(rawValue: "expired")
        /// `nbf` is in the future.
        package static let notYetValid = Self(rawValue: "not_yet_valid")
        package static let missingExpiry = Self(rawValue: "missing_expiry")
        package static let wrongIssuer = Self(rawValue: "wrong_issuer")
        package static let wrongAudience = Self(rawValue: "wrong_audience")
    }

    package let code: Code
    /// A whole phrase, such as "the token has expired".
    package let reason: String

    // A static string keeps anything a client sent out of the reason.
    init(_ code: Code, _ reason: StaticString) {
        self.code = code
        self.reason = "\(reason)"
    }

    package var description: String { self.reason }
}

extension TokenFault {
    package static let missing = Self(.missing, "there is no token")
    package static let tooLarge = Self(.tooLarge, "the token is larger than allowed")
    package static let unsupportedAlgorithm = Self(
        .unsupportedAlgorithm, "the token's algorithm is not one that a configured key is for")
    package static let unknownKey = Self(.unknownKey, "the token was signed with a key that is not known here")
    package static let badSignature = Self(.badSignature, "the token's signature is wrong")
    package static let expired = Self(.expired, "the token has expired")
    package static let notYetValid = Self(.notYetValid, "the token is not valid yet")
    package static let missingExpiry = Self(.missingExpiry, "the token has no exp claim")
    package static let wrongIssuer = Self(.wrongIssuer, "the token's iss is not one of the configured issuers")
    package static let wrongAudience = Self(.wrongAudience, "the token's aud has none of the configured audiences")

    static func malformed(_ reason: StaticString) -> Self { Self(.malformed, reason) }
}
