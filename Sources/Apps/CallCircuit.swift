// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime

/// Whether an app is asked: not for a while when it has failed several users in a row, and then one call at a time until it answers.
struct CallCircuit {
    enum State: Equatable {
        case closed
        case open(until: NIODeadline)
        /// One call is under way that decides.
        case trying
    }

    /// What changed for whoever watches.
    enum Change { case stopped, answersAgain }

    private(set) var state = State.closed
    /// In a row.
    private var failureCount = 0
    /// Whom it failed, in a row: one who sends what the app cannot answer does not take it away from the others.
    private var failed: Set<AppCall.Caller> = []

    /// As many failures of few callers count as one of each: a dead app may have one user.
    private static let failuresOfFew = 4

    /// - Returns: `nil`: nothing may be asked. Otherwise whether it is the call that decides.
    mutating func admit(at now: NIODeadline) -> Bool? {
        switch self.state {
        case .closed: return false
        case .open(let until) where until <= now:
            self.state = .trying
            return true
        case .open, .trying: return nil
        }
    }

    /// Milliseconds until something may be asked.
    func wait(at now: NIODeadline) -> Int64? {
        guard case .open(let until) = self.state, until > now else { return nil }
        return max((until - now).nanoseconds / 1_000_000, 1)
    }

    mutating func end(
        _ outcome: CallOutcome, of caller: AppCall.Caller, decides: Bool, rules: AppCallRules, at now: NIODeadline
    ) -> Change? {
        guard outcome.isTrouble else {
            self.forget()
            guard self.state != .closed else { return nil }
            self.state = .closed
            return .answersAgain
        }
        let until = now + .milliseconds(rules.pause)
        if decides, self.state == .trying {
            self.state = .open(until: until)
            return nil
        }
        guard self.state == .closed else { return nil }
        self.failureCount += 1
        self.failed.insert(caller)
        guard self.failed.count >= rules.failures || self.failureCount / Self.failuresOfFew >= rules.failures else {
            return nil
        }
        self.forget()
        self.state = .open(until: until)
        return .stopped
    }

    /// The app has come to us, and is asked as if nothing had been.
    mutating func reset() -> Change? {
        self.forget()
        guard self.state != .closed else { return nil }
        self.state = .closed
        return .answersAgain
    }

    private mutating func forget() {
        self.failureCount = 0
        self.failed = []
    }
}
