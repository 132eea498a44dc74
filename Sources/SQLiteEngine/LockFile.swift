// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps one database for one engine: an exclusive `flock` on an empty-but-for-a-number file beside it.
///
/// SQLite's own locks are per transaction; two servers would take turns and each would believe its memory. The lock
/// ends with its process however that ends, so a file left behind locks nobody out. It is never deleted: whoever
/// waited for a deleted file would lock something that no newcomer sees.
final class LockFile: Sendable {
    /// `nil` once released.
    private let descriptor: Mutex<Int32?>

    /// - Parameter path: the database's; the lock file's name has `.lock` added.
    init(for path: String) throws(SQLiteEngineError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.openingError(errno, path: path, lockPath: lockPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw SQLiteEngineError(
                    .failed, path: path,
                    "cannot lock \(lockPath): \(String(cString: strerror(code))); keep the data on a local file system")
            }
            throw SQLiteEngineError(
                .locked, path: path,
                """
                \(path) is in use by \(holder); stop that server first, or give this one a data folder of its own
                """)
        }
        // Who holds it, for the message above; without it the lock holds as well, so a full disk does not matter
        // here.
        let number = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, number, number.count, 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { self.release() }

    /// Lets the next one in. Idempotent.
    func release() {
        let descriptor = self.descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let descriptor { close(descriptor) }
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(count, 0)).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.isEmpty ? "another process" : "the process \(String(decoding: digits, as: UTF8.self))"
    }

    private static func openingError(_ code: Int32, path: String, lockPath: String) -> SQLiteEngineError {
        let words = String(cString: strerror(code))
        switch code {
        case EACCES, EPERM, EROFS:
            return SQLiteEngineError(
                .notWritable, path: path,
                "cannot write \(lockPath): \(words); give the server's user write access there, or choose another"
            )
        case ENOSPC, EDQUOT:
            return SQLiteEngineError(.diskFull, path: path, "cannot write \(lockPath): \(words); free some space there")
        case ENOENT, ENOTDIR:
            return SQLiteEngineError(
                .folderMissing, path: path, "cannot write \(lockPath): \(words); create the folder, or choose another")
        default:
            return SQLiteEngineError(.failed, path: path, "cannot write \(lockPath): \(words)")
        }
    }
}
