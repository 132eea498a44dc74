// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Synchronization

/// The folder in which a server keeps everything that lasts: one database for each platform, and the secrets it made.
///
/// Secrets are lines of `NAME=value` in a file that only its owner may read. They are made while a server starts, by one task.
package final class DataFolder: Sendable {
    package let path: String
    private let secrets: Mutex<[String: String]>
    private var secretsFile: String { self.path + "/secrets" }

    /// Makes the folder where there is none, and makes sure that it can be written to.
    package init(path: String) throws(ServerError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let probe = "\(path)/.probe-\(ProcessInfo.processInfo.processIdentifier)"
            try Data("probe".utf8).write(to: URL(fileURLWithPath: probe))
            try FileManager.default.removeItem(atPath: probe)
        } catch {
            throw ServerError(
                """
                error: the data folder "\(path)" cannot be written to: \(PlainReason.of(error))
                  hint: give another folder with --data or SWITCHBOARD_DATA, or make room and set its permissions
                """)
        }
        self.secrets = Mutex(try Self.secrets(in: path))
    }

    /// The secrets that a server has made in a folder, by name; none when there is no folder. Makes and changes nothing.
    ///
    /// - Throws: ``ServerError`` when there are some, and they cannot be read.
    package static func secrets(in path: String) throws(ServerError) -> [String: String] {
        let file = path + "/secrets"
        let text: String
        do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
            guard FileManager.default.fileExists(atPath: file) else { return [:] }
            // Taken for empty, it would be written anew, without the keys that everybody has.
            throw ServerError(
                """
                error: the secrets in "\(file)" cannot be read: \(PlainReason.of(error))
                  hint: only the server's user may read them: become that user, or put the file aside to have new ones made
                """)
        }
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            guard let equals = line.firstIndex(of: "=") else { return nil }
            return (String(line[..<equals]), String(line[equals...].dropFirst()))
        }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    package func databaseFile(of platform: String) -> String { "\(self.path)/\(platform).sqlite" }

    /// The secret that was made under this name, if any.
    package func secret(_ name: String) -> String? { self.secrets.withLock { $0[name] } }

    /// The secret of this name, made now if there is none: 32 random bytes in hexadecimal digits.
    ///
    /// - Returns: the secret, and whether it is new.
    package func makeSecret(_ name: String) throws(ServerError) -> (value: String, isNew: Bool) {
        if let known = self.secret(name) { return (known, false) }
        var generator = SystemRandomNumberGenerator()
        let value = (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        var secrets = self.secrets.withLock { $0 }
        secrets[name] = value
        let text = secrets.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        do {
            let file = self.secretsFile
            // Made unreadable for others before anything is in it, and put in place whole.
            _ = FileManager.default.createFile(
                atPath: file + ".new", contents: nil, attributes: [.posixPermissions: 0o600])
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file + ".new"))
            try handle.write(contentsOf: Data(text.utf8))
            try handle.synchronize()
            try handle.close()
            guard rename(file + ".new", file) == 0 else { throw IOError(errnoCode: errno, reason: "rename") }
        } catch {
            throw ServerError(
                "error: the secrets in \"\(self.path)\" cannot be written: \(PlainReason.of(error))")
        }
        // Only now: a secret that was not kept would be another one after the next start.
        self.secrets.withLock { $0[name] = value }
        return (value, true)
    }
}
