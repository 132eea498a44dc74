// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A PEM text (RFC 7468) made readable for the cryptography library, and the label of its first block.
struct PEMText {
    let label: String
    let text: String

    /// - Parameter expecting: what should be there, for the fault: "a public key".
    init(_ text: String, expecting: String) throws(KeyFault) {
        // No PEM text has a backslash of its own.
        var whole = ""
        var escaped = false
        for character in text.unicodeScalars where character != "\r" {
            if escaped {
                whole.unicodeScalars.append(character == "n" ? "\n" : character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else {
                whole.unicodeScalars.append(character)
            }
        }
        let begin = whole.split(separator: "\n").first { $0.hasPrefix("-----BEGIN ") }
        guard let begin, begin.hasSuffix("-----") else {
            throw KeyFault(.malformed, "\(expecting) in PEM was expected, and there is no BEGIN line")
        }
        self.label = String(begin.dropFirst("-----BEGIN ".count).dropLast("-----".count))
        self.text = whole
    }

    /// The label in words for a fault. Unknown labels are not repeated: the text may be anything.
    var kind: String {
        switch self.label {
        case "CERTIFICATE": "a certificate"
        case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY": "a private key"
        case "PUBLIC KEY", "RSA PUBLIC KEY": "a public key"
        default: "something else"
        }
    }
}
