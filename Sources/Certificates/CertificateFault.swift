// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a certificate cannot be served. Holds nothing of what is in the files.
package struct CertificateFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum File: String, Sendable { case certificate, key }

    /// The file that is wrong; of two that do not belong together, the key.
    package var file: File
    package var path: String
    /// Follows the path in a sentence: `holds no certificate in PEM`.
    package var problem: String
    /// What to do about it, in one line.
    package var hint: String?

    init(_ file: File, _ path: String, _ problem: String, hint: String? = nil) {
        self.file = file
        self.path = path
        self.problem = problem
        self.hint = hint
    }

    package var description: String { "\(self.path) \(self.problem)" }
}
