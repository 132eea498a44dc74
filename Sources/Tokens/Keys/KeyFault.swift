// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a key or with the place that keys come from. For operators and the log.
///
/// Safe to log: names places and sizes, never key material, and an address without user and query.
package struct KeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// A secret shorter than the algorithm's own strength, or a key set fetched without TLS. As
        /// ``TokenKey/weakness`` a warning; production should refuse it.
        package static let weak = Self(rawValue: "weak")
        /// Not the form it should have: PEM, JWK, JWK set, address.
        package static let malformed = Self(rawValue: "malformed")
        /// A key of a kind, curve or size that is not used here.
        package static let unsupported = Self(rawValue: "unsupported")
        /// A file or an address that gave nothing.
        package static let unreadable = Self(rawValue: "unreadable")
        package static let tooLarge = Self(rawValue: "too_large")
        /// A key set in which no key can verify a token.
        package static let noUsableKey = Self(rawValue: "no_usable_key")
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { self.message }

    /// The same fault, saying where it was found.
    func found(in place: String) -> KeyFault { KeyFault(self.code, "\(place): \(self.message)") }
}
