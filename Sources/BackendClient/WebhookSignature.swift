// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
package import HTTP

/// Signs what is sent to backends and apps, as Standard Webhooks 1.0 has it: three headers, of which `webhook-signature` is `v1,` and the
/// base64 HMAC-SHA256 of `ID.TIMESTAMP.BODY`. Libraries in many languages verify it.
///
/// The receiver refuses a time that is minutes away from his own, and an id that he knows: what was overheard cannot be sent again.
package struct WebhookSignature: Sendable {
    /// What secrets are written with: `whsec_` and the base64 of 24 to 64 bytes.
    package static let secretPrefix = "whsec_"

    private let key: SymmetricKey

    /// - Returns: `nil` when the text is no such secret.
    package init?(secret: String) {
        guard secret.hasPrefix(Self.secretPrefix),
            let bytes = Data(base64Encoded: String(secret.dropFirst(Self.secretPrefix.count))),
            (24...64).contains(bytes.count)
        else { return nil }
        self.key = SymmetricKey(data: bytes)
    }

    /// A fresh secret of 32 random bytes.
    package static func makeSecret() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return Self.secretPrefix + bytes.base64EncodedString()
    }

    /// - Parameters:
    ///   - id: of the message, the same each time it is tried.
    ///   - time: of this try, in seconds since 1970.
    package func headers(id: String, time: Int64, body: some Sequence<UInt8>) -> HTTPHeaders {
        [
            "webhook-id": id, "webhook-timestamp": "\(time)",
            "webhook-signature": "v1,\(self.code(id: id, time: "\(time)", body: body))",
        ]
    }

    /// Whether a message comes from somebody who has the secret, and is at most `tolerance` seconds old or ahead.
    package func verifies(
        _ headers: HTTPHeaders, body: some Sequence<UInt8>, now: Int64, tolerance: Int64 = 300
    ) -> Bool {
        guard let id = headers["webhook-id"], let text = headers["webhook-timestamp"], let time = Int64(text),
            let codes = headers["webhook-signature"], time.subtractingReportingOverflow(now).overflow == false,
            (time - now).magnitude <= tolerance.magnitude
        else { return false }
        let message = Self.message(id: id, time: text, body: body)
        return codes.split(separator: " ").contains { code in
            guard code.hasPrefix("v1,"), let bytes = Data(base64Encoded: String(code.dropFirst(3))) else {
                return false
            }
            return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: message, using: self.key)
        }
    }

    private func code(id: String, time: String, body: some Sequence<UInt8>) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.message(id: id, time: time, body: body), using: self.key)
        return Data(code).base64EncodedString()
    }

    private static func message(id: String, time: String, body: some Sequence<UInt8>) -> Data {
        var message = Data("\(id).\(time).".utf8)
        message.append(contentsOf: body)
        return message
    }
}
