// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Runs a pattern over one text: all ways to match at once, one character at a time, so that no pattern takes
/// more than (characters × instructions) steps; with lookahead, that for each place it is tried at.
///
/// Limits: ``PatternMatcher/greatestWork`` steps, some ten milliseconds; what would need more has no result.
struct PatternMatcher {
    enum Outcome {
        case matches, fails
        /// The text is too long for the pattern.
        case undecided
    }

    private let program: PatternProgram
    private let text: [UInt32]
    private var work = 0

    static let greatestWork = 2_000_000

    init(program: PatternProgram, text: [UInt32]) {
        self.program = program
        self.text = text
    }

    /// Whether the pattern matches anywhere in the text.
    mutating func search() -> Outcome {
        let isMatch = self.run(from: 0, at: 0, isAnchored: self.program.isAnchored)
        guard self.work <= Self.greatestWork else { return .undecided }
        return isMatch ? .matches : .fails
    }

    /// The instructions the machine is at, each once, in no order that matters.
    private struct Places {
        var list: [Int] = []
        /// The round in which each instruction was last added.
        var round: [Int]

        init(count: Int) {
            self.round = [Int](repeating: -1, count: count)
        }
    }

    private mutating func run(from start: Int, at origin: Int, isAnchored: Bool) -> Bool {
        var places = Places(count: self.program.instructions.count)
        var following: [Int] = []
        var position = origin
        while self.work <= Self.greatestWork {
            if position == origin || !isAnchored { following.append(start) }
            places.list.removeAll(keepingCapacity: true)
            if self.spread(&following, at: position, into: &places) { return true }
            guard position < self.text.count else { return false }
            if places.list.isEmpty, isAnchored { return false }
            for place in places.list {
                guard case .one(let set) = self.program.instructions[place] else { continue }
                if self.program.sets[set].contains(self.text[position]) { following.append(place + 1) }
            }
            self.work += places.list.count
            position += 1
        }
        return false
    }

    /// Follows everything that takes no character, until nothing is pending.
    ///
    /// - Returns: `true` when that reaches a match.
    private mutating func spread(_ pending: inout [Int], at position: Int, into places: inout Places) -> Bool {
        while let place = pending.popLast() {
            guard places.round[place] != position else { continue }
            places.round[place] = position
            self.work += 1
            guard self.work <= Self.greatestWork else { return false }
            switch self.program.instructions[place] {
            case .one:
                places.list.append(place)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .jump(let target):
                pending.append(target)
            case .start:
                if position == 0 { pending.append(place + 1) }
            case .end:
                if position == self.text.count { pending.append(place + 1) }
            case .wordBoundary(let isNegated):
                if self.isWordBoundary(position) != isNegated { pending.append(place + 1) }
            case .ahead(let isNegated, let then):
                if self.run(from: place + 1, at: position, isAnchored: true) != isNegated { pending.append(then) }
            case .match:
                return true
            }
        }
        return false
    }

    private func isWordBoundary(_ position: Int) -> Bool {
        let before = position > 0 && ScalarSet.word.contains(self.text[position - 1])
        let after = position < self.text.count && ScalarSet.word.contains(self.text[position])
        return before != after
    }
}
