// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Lines on standard output, written by a thread of its own: whoever reads them slowly, or not at all, keeps no loop waiting.
///
/// Lines come out in the order of the calls. When more than `maximumCount` wait, further ones are left out, and how many is
/// said once there is room. Control characters within a line are written as `\u{...}`, so that nothing a client sends looks like
/// a line of its own.
final class LineOutput: Sendable {
    private struct State {
        var waiting: [String] = []
        var leftOutCount = 0
        var isClosed = false
    }

    private static let maximumCount = 10_000

    private let state = Mutex(State())
    private let wakes = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter write: takes whole lines with their ends; on the writer's thread.
    init(write: @escaping @Sendable (String) -> Void = LineOutput.writeToStandardOutput) {
        let thread = Thread { [weak self] in
            while let self, self.writeNext(write) {}
            self?.ended.signal()
        }
        thread.name = "lines"
        thread.start()
    }

    /// Never blocks.
    func write(_ line: String) {
        let wakes = self.state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            guard state.waiting.count < Self.maximumCount else {
                state.leftOutCount += 1
                return false
            }
            state.waiting.append(Self.printable(line))
            return state.waiting.count == 1
        }
        if wakes { self.wakes.signal() }
    }

    /// Writes what waits, for a second at most.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.wakes.signal()
        _ = self.ended.wait(timeout: .now() + 1)
    }

    /// - Returns: `false` when it was closed and everything is written.
    private func writeNext(_ write: (String) -> Void) -> Bool {
        self.wakes.wait()
        let (lines, leftOutCount, isClosed) = self.state.withLock { state in
            defer { (state.waiting, state.leftOutCount) = ([], 0) }
            return (state.waiting, state.leftOutCount, state.isClosed)
        }
        var text = lines.reduce(into: "") { $0 += $1 + "\n" }
        if leftOutCount > 0 { text += "(\(leftOutCount) lines were left out)\n" }
        if !text.isEmpty { write(text) }
        return !isClosed
    }

    private static func printable(_ line: String) -> String {
        guard line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return line }
        return line.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func writeToStandardOutput(_ text: String) {
        // A closed pipe ends nothing: the lines are a courtesy.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
