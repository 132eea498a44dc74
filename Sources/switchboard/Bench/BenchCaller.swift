// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Sends an event that an app answers over each connection in turn. Its answer brings the mark back, and counts as the delivery.
/// Owned by the benchmark's loop.
final class BenchCaller: BenchLoad {
    private let tally: BenchTally
    /// The message around the mark.
    private let (before, after): (String, String)
    private(set) var sent: UInt32 = 0
    var onAnswer: () -> Void = {}

    init(_ tally: BenchTally, message: (before: String, after: String)) {
        self.tally = tally
        (self.before, self.after) = message
    }

    var answered: UInt32 { self.sent }
    var refused: UInt32 { 0 }
    var expected: UInt64 { UInt64(self.sent) }
    var firstRefusal: String? { self.tally.received < self.expected ? self.tally.lastWord : nil }

    func send(dueAt nanoseconds: UInt64) {
        guard !self.tally.sessions.isEmpty else { return }
        let session = self.tally.sessions[Int(self.sent) % self.tally.sessions.count]
        session.say(self.before + BenchMark.text(dueAt: nanoseconds, number: self.sent) + self.after)
        self.sent += 1
    }
}
