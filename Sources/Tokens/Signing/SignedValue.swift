// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// Values that carry their own signature, as `s:VALUE.SIGNATURE`: HMAC-SHA256 in Base64 without padding. The form of the npm
/// packages `cookie-signature` and `express-session`.
package struct SignedValue: Sendable {
    private static let prefix = Array("s:".utf8)
    private let key: SymmetricKey

    package init(secret: String) { self.key = SymmetricKey(data: Array(secret.utf8)) }

    /// The value within a signed text; `nil` when the signature is missing or wrong. Takes as long for any wrong signature of the
    /// right length.
    package func value(of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: Self.prefix), let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > Self.prefix.count
        else { return nil }
        let value = bytes[Self.prefix.count..<dot]
        let given = bytes[(dot + 1)...].filter { $0 != UInt8(ascii: "=") }
        let expected = Array(self.signature(of: value).utf8)
        guard given.count == expected.count else { return nil }
        var difference: UInt8 = 0
        for (one, other) in zip(given, expected) { difference |= one ^ other }
        return difference == 0 ? String(decoding: value, as: UTF8.self) : nil
    }

    /// The signed text of a value.
    package func text(of value: String) -> String { "s:\(value).\(self.signature(of: value.utf8))" }

    private func signature(of value: some Sequence<UInt8>) -> String {
        let code = Data(HMAC<SHA256>.authenticationCode(for: Array(value), using: self.key))
        return String(code.base64EncodedString().prefix { $0 != "=" })
    }
}
