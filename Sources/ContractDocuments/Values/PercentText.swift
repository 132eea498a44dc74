// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding (RFC 3986 §2.1).
enum PercentText {
    /// Everything but unreserved characters, and the given ones, as `%XX`.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": result.unicodeScalars.append(scalar)
            default:
                if byte < 0x80, kept.unicodeScalars.contains(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let hex = String(byte, radix: 16, uppercase: true)
                    result += "%" + (hex.utf8.count == 1 ? "0" : "") + hex
                }
            }
        }
        return result
    }
}
