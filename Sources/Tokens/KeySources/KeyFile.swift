// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keys in a file, read again when it has changed.
///
/// Threads: any. Of the callers in one second, one looks at the file (one system call) and reads it if it must (at most
/// ``JSONWebKeys/maximumByteCount``); the others go on with the keys there are. The lock is never held meanwhile.
final class KeyFile: Sendable {
    /// What changes when a file is written or replaced. The inode tells two files renamed into place within
    /// one tick of the file system's clock.
    private struct Stamp: Equatable {
        let seconds: Int
        let nanoseconds: Int
        let byteCount: Int64
        let inode: UInt64
    }

    private struct State {
        /// In seconds, as passed to ``update(now:report:)``.
        var lookedAt: Int64
        /// Of the content that was last tried, good or not; nil when it could not be opened.
        var stamp: Stamp?
        /// The last good ones.
        var keys: [TokenKey]
    }

    private let path: String
    private let state: Mutex<State>

    /// Reads the file; it must be there and good at the start.
    init(path: String, now: Int64) throws(KeyFault) {
        self.path = path
        let (content, stamp) = try Self.read(path)
        let keys = try Self.parse(content, path)
        self.state = Mutex(State(lookedAt: now, stamp: stamp, keys: keys))
    }

    var keys: [TokenKey] { self.state.withLock { $0.keys } }

    /// Looks at the file if nobody did in this second. Returns whether ``keys`` are new.
    ///
    /// A file that is gone or not good leaves the keys as they are and is reported once for each change.
    func update(now: Int64, report: (KeyFault) -> Void) -> Bool {
        let (isDue, known) = self.state.withLock { state in
            // Not "later than": a clock that was set back must not stop the looking.
            let isDue = state.lookedAt != now
            state.lookedAt = now
            return (isDue, state.stamp)
        }
        guard isDue else { return false }
        do throws(KeyFault) {
            guard try Self.stamp(self.path) != known else { return false }
        } catch {
            if known != nil { report(error) }
            self.state.withLock { $0.stamp = nil }
            return false
        }
        return self.reload(report: report)
    }

    private func reload(report: (KeyFault) -> Void) -> Bool {
        var stamp: Stamp?
        do throws(KeyFault) {
            let content: [UInt8]
            (content, stamp) = try Self.read(self.path)
            let keys = try Self.parse(content, self.path)
            self.state.withLock { ($0.stamp, $0.keys) = (stamp, keys) }
            return true
        } catch {
            self.state.withLock { $0.stamp = stamp }
            report(error)
            return false
        }
    }

    private static func parse(_ content: [UInt8], _ path: String) throws(KeyFault) -> [TokenKey] {
        do { return try JSONWebKeys(parsing: content).keys } catch { throw error.found(in: path) }
    }

    private static func stamp(_ path: String) throws(KeyFault) -> Stamp {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.unreadable(path) }
        return Self.stamp(of: status)
    }

    /// The content, and the stamp from before it was read: a write meanwhile then shows as a change next time.
    private static func read(_ path: String) throws(KeyFault) -> ([UInt8], Stamp) {
        // Not blocking: a path that is a pipe must not hold up an event loop.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFault(.unreadable, "\(path): not a file") }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while content.count <= JSONWebKeys.maximumByteCount {
            let count = buffer.withUnsafeMutableBytes { bytes in
                #if canImport(Glibc)
                Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                #else
                Musl.read(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count == 0 { return (content, Self.stamp(of: status)) }
            if count > 0 { content += buffer[..<count] } else if errno != EINTR { throw Self.unreadable(path) }
        }
        throw KeyFault(.tooLarge, "\(path): the key set has more than \(JSONWebKeys.maximumByteCount) bytes")
    }

    private static func stamp(of status: stat) -> Stamp {
        Stamp(
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec,
            byteCount: Int64(status.st_size), inode: UInt64(status.st_ino))
    }

    private static func unreadable(_ path: String) -> KeyFault {
        KeyFault(.unreadable, "\(path): \(String(cString: strerror(errno)))")
    }
}
