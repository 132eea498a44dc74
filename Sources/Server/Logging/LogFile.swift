// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Realtime
import Synchronization

/// Lines in a file of the operator's, written by a thread of its own: a slow or full disk keeps no loop waiting.
///
/// Lines come out whole and in the order of the calls. When more than `maximumCount` wait, or the disk takes none, lines are lost; how
/// many is said in the file, as `{"time", "lost"}`, as soon as there is room. Past its size the file becomes `NAME.1`, the one before
/// `NAME.2`, up to `NAME.5`. Only its owner may read it (0600).
final class LogFile: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        /// Lost since the file said so last.
        var lostCount: UInt64 = 0
        var lostTotal: UInt64 = 0
        var isToBeReopened = false
        var isClosed = false
    }

    /// The open file; the writer's thread alone has it.
    private struct Output: ~Copyable {
        var descriptor: Int32
        var byteCount: Int
    }

    private static let maximumCount = 10_000
    private static let keptCount = 5

    private let path: String
    private let maximumByteCount: Int
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let wakes = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - maximumByteCount: what a file holds before it is put aside.
    ///   - log: told when the file cannot be written to, and when it can again.
    init(_ path: String, maximumByteCount: Int, log: @escaping @Sendable (String) -> Void) throws(ServerError) {
        self.path = path
        self.maximumByteCount = maximumByteCount
        self.log = log
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            throw ServerError(
                "error: the log \"\(path)\" cannot be opened: \(String(cString: strerror(errno)))\n"
                    + "  hint: its folder has to exist and be writable")
        }
        let size = Self.size(of: descriptor)
        let thread = Thread { [weak self] in
            var output = Output(descriptor: descriptor, byteCount: size)
            while let self, self.writeNext(&output) {}
            _ = Glibc.close(output.descriptor)
            self?.ended.signal()
        }
        thread.name = "log file"
        thread.start()
    }

    /// Never blocks.
    ///
    /// - Parameter line: without its end.
    func write(_ line: [UInt8]) {
        let wakes = self.state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            guard state.waiting.count < Self.maximumCount else {
                state.lostCount += 1
                state.lostTotal += 1
                return false
            }
            state.waiting.append(line)
            return state.waiting.count == 1
        }
        if wakes { self.wakes.signal() }
    }

    /// Opens the file by its name again: whoever renames it gets the old one for himself.
    func reopen() {
        self.state.withLock { $0.isToBeReopened = true }
        self.wakes.signal()
    }

    /// Lines that were lost since the start.
    var lostCount: UInt64 { self.state.withLock { $0.lostTotal } }

    /// Writes what waits, for a second at most.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.wakes.signal()
        _ = self.ended.wait(timeout: .now() + 1)
    }

    // MARK: The writer's thread

    /// - Returns: `false` when it was closed and everything is written.
    private func writeNext(_ output: inout Output) -> Bool {
        self.wakes.wait()
        let (lines, lostCount, isToBeReopened, isClosed) = self.state.withLock { state in
            defer { (state.waiting, state.lostCount, state.isToBeReopened) = ([], 0, false) }
            return (state.waiting, state.lostCount, state.isToBeReopened, state.isClosed)
        }
        if isToBeReopened { self.reopen(&output) }
        guard !lines.isEmpty || lostCount > 0 else { return !isClosed }
        var unsaid = lostCount
        var text: [UInt8] = []
        var count: UInt64 = 0
        func flush(_ output: inout Output) {
            guard !text.isEmpty else { return }
            // What was lost before is said first; while nothing can be written it is added up.
            let wasUnsaid = unsaid
            if self.append(unsaid > 0 ? Self.lossLine(unsaid) + text : text, to: &output) {
                unsaid = 0
                if wasUnsaid > 0 { self.log("the log \"\(self.path)\" lacks \(wasUnsaid) lines, and says so") }
            } else {
                if unsaid == 0 { self.log("the log \"\(self.path)\" cannot be written to; lines are lost") }
                unsaid += count
                self.state.withLock { $0.lostTotal += count }
            }
            (text, count) = ([], 0)
        }
        for line in lines {
            text += line
            text.append(UInt8(ascii: "\n"))
            count += 1
            if text.count >= 64 * 1024 { flush(&output) }
        }
        flush(&output)
        if unsaid > 0 { self.state.withLock { $0.lostCount += unsaid } }
        return !isClosed
    }

    private static func lossLine(_ count: UInt64) -> [UInt8] {
        Array(#"{"time":"\#(SystemClock().now())","lost":\#(count)}"#.utf8) + [UInt8(ascii: "\n")]
    }

    /// All of it or, with the file as it was before, nothing.
    private func append(_ bytes: [UInt8], to output: inout Output) -> Bool {
        if output.byteCount > 0, output.byteCount + bytes.count > self.maximumByteCount { self.rotate(&output) }
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                Glibc.write(output.descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if result > 0 {
                written += result
            } else if result < 0, errno == EINTR {
                continue
            } else {
                if written > 0 { _ = ftruncate(output.descriptor, off_t(output.byteCount)) }
                return false
            }
        }
        output.byteCount += written
        return true
    }

    private func rotate(_ output: inout Output) {
        for number in (1..<Self.keptCount).reversed() {
            _ = rename("\(self.path).\(number)", "\(self.path).\(number + 1)")
        }
        guard rename(self.path, "\(self.path).1") == 0 else { return }
        self.reopen(&output)
    }

    /// Goes on with the file that is open when the other cannot be.
    private func reopen(_ output: inout Output) {
        let descriptor = Self.open(self.path)
        guard descriptor >= 0 else {
            return self.log("the log \"\(self.path)\" cannot be opened again: \(String(cString: strerror(errno)))")
        }
        _ = Glibc.close(output.descriptor)
        output = Output(descriptor: descriptor, byteCount: Self.size(of: descriptor))
    }

    private static func open(_ path: String) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        // Also one that was there with wider rights.
        if descriptor >= 0 { _ = fchmod(descriptor, 0o600) }
        return descriptor
    }

    private static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
