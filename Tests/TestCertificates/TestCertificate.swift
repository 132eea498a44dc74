// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Certificates
import Foundation

/// Names of the two files of a certificate for `localhost` and `127.0.0.1`, in a folder of their own, which is gone with the value.
///
/// At first there are no files: ``make(days:options:)`` makes them with the command `openssl`, and replaces them.
package final class TestCertificate: Sendable {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    package let files: CertificateFiles
    private let folder: URL

    package init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("certificates-\(UUID())")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.files = CertificateFiles(
            certificate: self.folder.appendingPathComponent("certificate.pem").path,
            key: self.folder.appendingPathComponent("key.pem").path)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    /// Makes a certificate that signs itself, with a new key.
    package func make(days: Int = 30, options: [String] = ["-nodes"]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] + options + [
                "-keyout", self.files.key, "-out", self.files.certificate, "-days", "\(days)", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fault(description: "openssl, which makes certificates, ended with \(process.terminationStatus)")
        }
    }

    package func write(_ text: String, to file: String) throws {
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
