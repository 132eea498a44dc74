// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOSSL

/// Whose certificates a client believes. TLS 1.2 is the lowest version.
package struct CertificateTrust: Sendable {
    private let context: NIOSSLContext

    /// - Parameter file: PEM with the only certificates, or authorities, that are believed; `nil`: those that the machine believes.
    package init(file: String? = nil) throws(CertificateFault) {
        try self.init(roots: file.map { .file($0) } ?? .default, name: file ?? "the machine's certificates")
    }

    /// - Parameter pem: the only certificates, or authorities, that are believed.
    package init(pem: String) throws(CertificateFault) {
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))) ?? []
        guard !certificates.isEmpty else { throw Self.noCertificate(in: "the text") }
        try self.init(roots: .certificates(certificates), name: "the text")
    }

    private init(roots: NIOSSLTrustRoots, name: String) throws(CertificateFault) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.trustRoots = roots
        do {
            self.context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.noCertificate(in: name)
        }
    }

    private static func noCertificate(in name: String) -> CertificateFault {
        CertificateFault(
            .certificate, name, "holds no certificate in PEM", hint: "it has lines with -----BEGIN CERTIFICATE-----")
    }

    /// What encrypts a connection to `host`: the server's certificate must be for this name, or for the address that was connected to.
    package func handler(for host: String) throws -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(context: self.context, serverHostname: host)
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            return try NIOSSLClientHandler(context: self.context, serverHostname: nil)
        }
    }

    /// Why a connection could not be encrypted, in a line of plain words; `nil` for an error of another kind.
    package static func reason(of error: any Error) -> String? {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the server's certificate is for another name"
        case NIOSSLError.handshakeFailed(let cause) where "\(cause)".contains("CERTIFICATE_VERIFY_FAILED"):
            "the server's certificate is not believed"
        case NIOSSLError.handshakeFailed, is NIOSSLError, is BoringSSLError: "the server does not speak TLS"
        default: nil
        }
    }
}
