// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime

/// Where one track stands: which step comes next, and when. Decides and does nothing.
struct ScenarioRun {
    enum Move {
        /// To be done now; then ask again.
        case step(ScenarioStep)
        /// Ask again at this time of the clock given, in milliseconds.
        case wait(until: Int64)
        case ended
    }

    /// Steps that are gone through, and how often.
    private struct Round {
        enum Kind {
            case once
            /// `left`: rounds after this one; `nil`: no end.
            case loop(left: Int?, every: Int64?, beganAt: Int64)
            case each(left: ArraySlice<JSONDocument>, name: String)
        }

        var steps: [ScenarioStep]
        var place = 0
        var kind: Kind
    }

    /// Rounds within rounds, and moments within moments.
    private static let maximumDepth = 128

    let name: String
    var memory: ScenarioMemory
    private var rounds: [Round]
    private let moments: [String: Scenario.Track]

    init(_ track: Scenario.Track, memory: ScenarioMemory, moments: [String: Scenario.Track]) {
        self.name = track.name
        self.memory = memory
        self.moments = moments
        self.rounds = [Round(steps: track.steps, kind: .once)]
    }

    /// - Parameters:
    ///   - clock: milliseconds of a clock that only goes forward.
    ///   - now: what the steps' values say of the present.
    mutating func next(clock: Int64, now: Timestamp) -> Move {
        while let round = self.rounds.last {
            guard round.place < round.steps.count else {
                if let time = self.endRound(round, clock: clock) { return .wait(until: time) }
                continue
            }
            self.rounds[self.rounds.count - 1].place += 1
            let step = round.steps[round.place]
            switch step.action {
            case .wait(let range): return .wait(until: clock + self.memory.duration(in: range))
            case .set(let assignments):
                self.memory.set(assignments, now: now)
                // Counted, so that steps that take no time end at some time.
                return .step(step)
            case .loop(let loop):
                let left = loop.times.map { $0 - 1 }
                self.enter(
                    Round(steps: loop.steps, kind: .loop(left: left, every: loop.every, beganAt: clock)))
                return .step(step)
            case .each(let each):
                var elements = self.memory.elements(each.list, now: now)[...]
                // Counted as well: a repetition of it would never come to an end here.
                guard let first = elements.popFirst() else { return .step(step) }
                self.memory[each.name] = first
                self.enter(Round(steps: each.steps, kind: .each(left: elements, name: each.name)))
                return .step(step)
            case .play(let names, let variables):
                guard let moment = self.moments[names[self.memory.choice(of: names.count)]] else { return .step(step) }
                self.memory.set(moment.defaults, now: now)
                self.memory.set(variables, now: now)
                self.enter(Round(steps: moment.steps, kind: .once))
                return .step(step)
            case .publish, .disconnect, .outage: return .step(step)
            }
        }
        return .ended
    }

    private mutating func enter(_ round: Round) {
        if self.rounds.count < Self.maximumDepth { self.rounds.append(round) }
    }

    /// Begins the next round, or goes back to where this one was begun.
    ///
    /// - Returns: when it begins, unless that is now.
    private mutating func endRound(_ round: Round, clock: Int64) -> Int64? {
        let last = self.rounds.count - 1
        switch round.kind {
        case .once: break
        case .loop(let left, let every, let beganAt):
            if let left, left <= 0 { break }
            let due = max(beganAt + (every ?? 0), clock)
            self.rounds[last].place = 0
            self.rounds[last].kind = .loop(left: left.map { $0 - 1 }, every: every, beganAt: due)
            // A round without steps waits all the same.
            return every == nil && !round.steps.isEmpty ? nil : max(due, clock + 1)
        case .each(var left, let name):
            guard let element = left.popFirst() else { break }
            self.memory[name] = element
            self.rounds[last].place = 0
            self.rounds[last].kind = .each(left: left, name: name)
            return nil
        }
        self.rounds.removeLast()
        return nil
    }
}
