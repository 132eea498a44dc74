// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A short name of a text that another text does not have.
package enum DocumentTag {
    package static func tag(of text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(12).map { byte in
            let hex = String(byte, radix: 16)
            return hex.utf8.count == 1 ? "0" + hex : hex
        }.joined()
    }
}
