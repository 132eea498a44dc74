// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime
import Testing

@testable import Apps

/// When an app that fails is left alone, and when it is asked again.
@Suite struct CallCircuitTests {
    private static let rules: AppCallRules = {
        var rules = AppCallRules()
        rules.failures = 3
        rules.pause = 1000
        return rules
    }()

    private var circuit = CallCircuit()
    private var userCount = 0

    private static func moment(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    /// Begins and ends a call in one moment.
    ///
    /// - Parameter user: `nil`: one more.
    private mutating func call(_ outcome: CallOutcome, of user: String? = nil, at time: Int64) -> CallCircuit.Change? {
        guard let decides = self.circuit.admit(at: Self.moment(time)) else {
            Issue.record("not admitted")
            return nil
        }
        self.userCount += 1
        let caller = AppCall.Caller.user(UserID(user ?? "user\(self.userCount)"))
        return self.circuit.end(outcome, of: caller, decides: decides, rules: Self.rules, at: Self.moment(time))
    }

    @Test mutating func `failures in a row stop the calls, for a while`() {
        #expect(self.call(.late, at: 0) == nil)
        #expect(self.call(.lost, at: 0) == nil)
        #expect(self.circuit.admit(at: Self.moment(0)) == false)
        #expect(self.call(.unreachable, at: 0) == .stopped)
        #expect(self.circuit.admit(at: Self.moment(999)) == nil)
        #expect(self.circuit.wait(at: Self.moment(400)) == 600)
        #expect(self.circuit.admit(at: Self.moment(1000)) == true)
    }

    @Test mutating func `one user alone stops them only after many more failures`() {
        for _ in 0..<11 { #expect(self.call(.failed, of: "ann", at: 0) == nil) }
        #expect(self.call(.answered, of: "ben", at: 0) == nil)
        for _ in 0..<11 { #expect(self.call(.failed, of: "ann", at: 0) == nil) }
        #expect(self.call(.failed, of: "ann", at: 0) == .stopped)
    }

    @Test mutating func `failures of one user count once among those of others`() {
        for _ in 0..<5 { #expect(self.call(.failed, of: "ann", at: 0) == nil) }
        #expect(self.call(.failed, of: "ben", at: 0) == nil)
        #expect(self.call(.failed, of: "cid", at: 0) == .stopped)
    }

    @Test(arguments: [CallOutcome.answered, .refused])
    mutating func `whatever the app says in between counts as an answer`(outcome: CallOutcome) {
        for _ in 0..<5 {
            #expect(self.call(.failed, at: 0) == nil)
            #expect(self.call(.failed, at: 0) == nil)
            #expect(self.call(outcome, at: 0) == nil)
        }
    }

    @Test mutating func `after the pause one call decides`() {
        for _ in 0..<3 { _ = self.call(.late, at: 0) }
        #expect(self.circuit.admit(at: Self.moment(1000)) == true)
        #expect(self.circuit.admit(at: Self.moment(1000)) == nil)
        #expect(self.circuit.admit(at: Self.moment(9000)) == nil)
        #expect(
            self.circuit.end(.late, of: .connection(1), decides: true, rules: Self.rules, at: Self.moment(2000)) == nil)
        #expect(self.circuit.admit(at: Self.moment(2999)) == nil)
        #expect(self.call(.answered, at: 3000) == .answersAgain)
        #expect(self.circuit.admit(at: Self.moment(3000)) == false)
        #expect(self.circuit.admit(at: Self.moment(3000)) == false)
    }

    @Test mutating func `calls that were under way neither open it twice nor keep it open`() {
        for _ in 0..<3 { _ = self.call(.late, at: 0) }
        #expect(
            self.circuit.end(.late, of: .connection(1), decides: false, rules: Self.rules, at: Self.moment(500)) == nil)
        #expect(self.circuit.admit(at: Self.moment(1000)) == true)
        #expect(
            self.circuit.end(.late, of: .connection(1), decides: false, rules: Self.rules, at: Self.moment(1001)) == nil
        )
        #expect(self.circuit.state == .trying)
        #expect(
            self.circuit.end(.answered, of: .connection(1), decides: false, rules: Self.rules, at: Self.moment(1002))
                == .answersAgain)
        #expect(self.circuit.state == .closed)
        #expect(
            self.circuit.end(.late, of: .connection(1), decides: true, rules: Self.rules, at: Self.moment(1003)) == nil)
        #expect(self.circuit.state == .closed)
    }

    @Test mutating func `an app that comes by itself is asked at once`() {
        #expect(self.circuit.reset() == nil)
        for _ in 0..<3 { _ = self.call(.late, at: 0) }
        #expect(self.circuit.reset() == .answersAgain)
        #expect(self.circuit.admit(at: Self.moment(1)) == false)
    }
}
