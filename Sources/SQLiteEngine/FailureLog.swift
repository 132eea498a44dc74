// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Decides when a lasting failure is worth another line in the log. Owned by the writer thread.
///
/// A kind of failure is told at once, then at most every ten seconds with the number of requests it has met; its end
/// is told once.
struct FailureLog {
    static let intervalMilliseconds: Int64 = 10_000

    private var kind: Int32?
    private var lastTold = Timestamp(milliseconds: 0)
    private var untold = 0
    private var total = 0

    /// - Parameter kind: tells one failure from another, SQLite's extended result code.
    /// - Returns: a line for the log, or `nil`.
    mutating func failed(_ kind: Int32, _ words: String, commits: Int, now: Timestamp) -> String? {
        self.untold += commits
        self.total += commits
        // The clock may go back: any move of ten seconds will do.
        let (elapsed, overflows) = now.milliseconds.subtractingReportingOverflow(self.lastTold.milliseconds)
        let isDue = overflows || elapsed.magnitude >= UInt64(Self.intervalMilliseconds)
        guard isDue || kind != self.kind else { return nil }
        defer { (self.kind, self.lastTold, self.untold) = (kind, now, 0) }
        return "\(words) (\(self.untold) refused)"
    }

    /// - Returns: a line for the log when failures have just ended, else `nil`.
    mutating func succeeded() -> String? {
        guard self.total > 0 else { return nil }
        defer { self = FailureLog() }
        return "the database takes writes again; \(self.total) commits were refused"
    }
}
