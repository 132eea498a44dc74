// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Tokens

/// HS256 tokens with any secret, also those that ``TokenSigner`` refuses.
enum HMACToken {
    static func make(secret: [UInt8], claims: [UInt8]) throws -> String {
        let input = Base64URL.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + Base64URL.encode(claims)
        let code = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: SymmetricKey(data: secret))
        return input + "." + Base64URL.encode(code)
    }
}
