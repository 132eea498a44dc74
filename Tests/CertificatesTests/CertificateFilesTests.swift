// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import NIOSSL
import TestCertificates
import Testing

@Suite struct CertificateFilesTests {
    private func fault(of files: CertificateFiles) -> CertificateFault? {
        do throws(CertificateFault) {
            _ = try files.load()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a certificate and its key are ready to be served until the certificate ends`() throws {
        let test = try TestCertificate()
        try test.make(days: 30)
        let expiresAt = try test.files.load().expiresAt
        let days = (Double(expiresAt) - Date().timeIntervalSince1970) / 86_400
        #expect((29...31).contains(days))
    }

    @Test func `files that are missing, or no files, are told by their names`() throws {
        let test = try TestCertificate()
        #expect(self.fault(of: test.files)?.file == .certificate)
        #expect(
            self.fault(of: test.files)?.description
                == "\(test.files.certificate) cannot be read: No such file or directory")
        try test.make()
        try FileManager.default.removeItem(atPath: test.files.key)
        #expect(self.fault(of: test.files)?.file == .key)
        try FileManager.default.createDirectory(atPath: test.files.key, withIntermediateDirectories: false)
        #expect(self.fault(of: test.files)?.problem == "is no file of at most 1 MiB")
    }

    @Test(arguments: ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `what is not PEM is no certificate and no key`(text: String) throws {
        let test = try TestCertificate()
        try test.make()
        let certificate = try String(contentsOfFile: test.files.certificate, encoding: .utf8)
        try test.write(text, to: test.files.certificate)
        #expect(self.fault(of: test.files)?.problem == "holds no certificate in PEM")
        try test.write(certificate, to: test.files.certificate)
        try test.write(text, to: test.files.key)
        #expect(self.fault(of: test.files)?.problem == "holds no private key in PEM")
    }

    @Test func `a key of another certificate, and one behind a password, are refused`() throws {
        let (test, other) = (try TestCertificate(), try TestCertificate())
        try test.make()
        try other.make(options: ["-passout", "pass:secret"])
        let key = CertificateFiles(certificate: test.files.certificate, key: other.files.key)
        #expect(self.fault(of: key)?.problem == "is protected by a password")
        try other.make()
        #expect(self.fault(of: key)?.problem == "does not belong to the certificate in \(test.files.certificate)")
        #expect(self.fault(of: key)?.file == .key)
    }

    @Test func `what is served changes with the files, and a broken one leaves it as it was`() throws {
        let test = try TestCertificate()
        try test.make(days: 10)
        let served = try ServedCertificate(test.files)
        let first = served.context
        #expect(try !served.refresh())
        #expect(served.context === first)
        try test.make(days: 20)
        let expiresAt = served.expiresAt
        #expect(try served.refresh())
        #expect(served.context !== first)
        #expect(served.expiresAt > expiresAt)
        let second = served.context
        try test.write("nothing", to: test.files.certificate)
        #expect(throws: CertificateFault.self) { try served.refresh() }
        // Told once for each change.
        #expect(try !served.refresh())
        #expect(served.context === second)
        try FileManager.default.removeItem(atPath: test.files.certificate)
        #expect(throws: CertificateFault.self) { try served.refresh() }
        try test.make()
        #expect(try served.refresh())
        #expect(served.context !== second)
    }
}
