// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a benchmark does to the server, again and again. Owned by its loop.
protocol BenchLoad: AnyObject {
    var sent: UInt32 { get }
    var answered: UInt32 { get }
    var refused: UInt32 { get }
    /// Marked messages that are to arrive for what was answered.
    var expected: UInt64 { get }
    var firstRefusal: String? { get }
    /// Called after each answer.
    var onAnswer: () -> Void { get set }

    /// - Parameter nanoseconds: from when latency counts.
    func send(dueAt nanoseconds: UInt64)
}

extension BenchLoad {
    var underWay: UInt32 { self.sent - self.answered }
}
