// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Logging

/// The certificates of a server's listeners: looked at every few seconds, and exchanged when their files have changed.
actor ServedCertificates {
    /// Two system calls for each certificate this often.
    private static let interval = Duration.seconds(3)

    private var certificates: [ServedCertificate] = []
    private var watching: Task<Void, Never>?
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    deinit { self.watching?.cancel() }

    /// The one certificate for these files, whoever asks. The first time they must be good.
    func certificate(_ files: CertificateFiles) throws(CertificateFault) -> ServedCertificate {
        if let known = self.certificates.first(where: { $0.files == files }) { return known }
        let certificate = try ServedCertificate(files)
        self.certificates.append(certificate)
        if self.watching == nil {
            self.watching = Task { [weak self] in
                while true {
                    do { try await Task.sleep(for: Self.interval) } catch { return }
                    guard let self else { return }
                    await self.refresh()
                }
            }
        }
        return certificate
    }

    /// Looks at the files now. One that is not good is logged, and what was served goes on.
    func refresh() {
        for certificate in self.certificates {
            do throws(CertificateFault) {
                guard try certificate.refresh() else { continue }
                self.logger.notice(
                    "the certificate in \(certificate.files.certificate) was read again and is in effect")
            } catch {
                self.logger.error("\(error); new connections still get the certificate from before")
            }
        }
    }

    /// Seconds since 1970 in which each certificate ends, by its file.
    var expiries: [(file: String, time: Int64)] {
        self.certificates.map { ($0.files.certificate, $0.expiresAt) }
    }
}
