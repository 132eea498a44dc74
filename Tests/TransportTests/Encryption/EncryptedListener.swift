// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import TestCertificates
import Transport

/// A listener with a certificate of its own, and clients that believe it.
struct EncryptedListener: Sendable {
    let listener: Listener
    let certificate: TestCertificate

    var port: Int { self.listener.port }

    /// For clients that believe it: a PEM file.
    var trusted: String { self.certificate.files.certificate }

    /// A client whose TLS handshake is done.
    func client(receiveByteCount: Int? = nil, packetByteCount: Int = .max) throws -> RawClient {
        let client = try RawClient(port: self.port, receiveByteCount: receiveByteCount)
        client.packetByteCount = packetByteCount
        try client.startTLS(ClientEncryption(trusting: self.trusted))
        return client
    }
}

/// Like `withListener`, encrypted.
func withEncryptedListener(
    _ application: TestApplication, configure: (inout ListenerConfiguration) -> Void = { _ in },
    _ body: @Sendable (EncryptedListener) async throws -> Void
) async throws {
    let certificate = try TestCertificate()
    try certificate.make()
    let served = try ServedCertificate(certificate.files)
    try await withListener(
        application,
        configure: {
            $0.certificate = served
            configure(&$0)
        },
        { try await body(EncryptedListener(listener: $0, certificate: certificate)) })
}

extension EncryptedListener {
    /// Whether the gauges come to be as `condition` says within ten seconds.
    func gauges(become condition: (Gauges) -> Bool) async throws -> Bool {
        condition(try await self.listener.gauges(once: condition))
    }
}
