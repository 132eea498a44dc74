// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Certificates

/// Whose certificates a command's encrypted connections believe.
struct TrustOptions: ParsableArguments {
    @Option(
        name: .customLong("ca"),
        help: "A PEM file with the only certificates to believe of a server that encrypts. (default: the machine's)",
        completion: .file(extensions: ["pem", "crt"]))
    var file: String?

    func loaded() throws -> CertificateTrust {
        do { return try CertificateTrust(file: self.file) } catch { throw ValidationError("--ca: \(error)") }
    }
}
