// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
package import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A certificate with its private key, in two PEM files.
package struct CertificateFiles: Sendable, Hashable {
    /// What changes when a file is written or replaced, also by a link to another.
    struct Stamp: Hashable {
        var seconds: Int
        var nanoseconds: Int
        var byteCount: Int64
        var inode: UInt64
    }

    /// What was read, ready to be served.
    package struct Loaded: Sendable {
        package var context: NIOSSLContext
        /// When the certificate itself ends, in seconds since 1970; not those that it is signed by.
        package var expiresAt: Int64
    }

    private static let maximumByteCount = 1024 * 1024

    /// The certificate first, then those that lead from it to a known one.
    package var certificate: String
    /// Without a password.
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads and checks both files. Blocks for as long as the disk does.
    ///
    /// TLS 1.2 is the lowest version (RFC 8996), HTTP/1.1 the only protocol that is offered (RFC 7301).
    package func load() throws(CertificateFault) -> Loaded {
        let chainBytes = try self.bytes(.certificate)
        let chain = (try? NIOSSLCertificate.fromPEMBytes(chainBytes)) ?? []
        guard let leaf = chain.first else {
            throw CertificateFault(
                .certificate, self.certificate, "holds no certificate in PEM",
                hint: "it has lines with -----BEGIN CERTIFICATE-----, the server's own certificate first")
        }
        let keyBytes = try self.bytes(.key)
        guard let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            let isLocked = String(decoding: keyBytes, as: UTF8.self).contains("ENCRYPTED")
            throw CertificateFault(
                .key, self.key, isLocked ? "is protected by a password" : "holds no private key in PEM",
                hint: isLocked
                    ? "write it without one, such as with: openssl pkey -in KEY -out NEW, and guard the file by its rights"
                    : "it has a line with -----BEGIN PRIVATE KEY-----")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A peer that does not say goodbye in this time keeps no memory longer.
        configuration.shutdownTimeout = .seconds(1)
        do {
            return Loaded(
                context: try NIOSSLContext(configuration: configuration), expiresAt: Int64(leaf.notValidAfter))
        } catch {
            throw CertificateFault(
                .key, self.key, "does not belong to the certificate in \(self.certificate)",
                hint: "the first certificate of that file must be the one made with this key")
        }
    }

    /// `nil` for a file that is not there.
    func stamps() -> [Stamp?] { [Self.stamp(self.certificate), Self.stamp(self.key)] }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, byteCount: Int64(status.st_size),
            inode: UInt64(status.st_ino))
    }

    private func bytes(_ file: CertificateFault.File) throws(CertificateFault) -> [UInt8] {
        let path = file == .certificate ? self.certificate : self.key
        // What is no file, such as a pipe, is not waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(file, path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= Self.maximumByteCount
        else {
            throw CertificateFault(file, path, "is no file of at most 1 MiB")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes { rest in
                read(descriptor, rest.baseAddress.map { $0 + count }, rest.count - count)
            }
            if part < 0, errno != EINTR { throw Self.unreadable(file, path, errno) }
            if part == 0 { break }
            count += max(part, 0)
        }
        return Array(bytes.prefix(count))
    }

    private static func unreadable(_ file: CertificateFault.File, _ path: String, _ code: CInt) -> CertificateFault {
        CertificateFault(
            file, path, "cannot be read: \(String(cString: strerror(code)))",
            hint: code == EACCES ? "give the user that runs the server the right to read it" : nil)
    }
}
