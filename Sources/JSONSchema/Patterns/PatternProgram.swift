// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A pattern as instructions for a machine that is in several places at once (Thompson's construction).
///
/// Limits: ``PatternProgram/greatestSize`` instructions, so that counted repetition, which is written out, cannot
/// make a short pattern huge.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// Takes one character of the set with this number, goes on at the next instruction.
        case one(Int)
        /// Goes on at both.
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        /// Goes on at `then` if what follows from the next instruction on matches here, or does not.
        case ahead(isNegated: Bool, then: Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Whether every match begins at the text's start.
    let isAnchored: Bool
    private var work = 0

    static let greatestSize = 10_000

    init(_ syntax: PatternSyntax) throws(PatternFault) {
        self.isAnchored = Self.isAnchored(syntax)
        try self.emit(syntax)
        self.instructions.append(.match)
    }

    private mutating func emit(_ syntax: PatternSyntax) throws(PatternFault) {
        // Counts calls too: repeating nothing a thousand times a thousand times emits nothing.
        self.work += 1
        guard self.work <= Self.greatestSize, self.instructions.count <= Self.greatestSize else {
            throw PatternFault(message: "is too large once its counts are written out")
        }
        switch syntax {
        case .one(let set):
            self.sets.append(set)
            self.instructions.append(.one(self.sets.count - 1))
        case .sequence(let terms):
            for term in terms { try self.emit(term) }
        case .alternatives(let alternatives):
            try self.emit(alternatives: alternatives)
        case .repeated(let term, let minimum, let maximum):
            try self.emit(term, minimum: minimum, maximum: maximum)
        case .start:
            self.instructions.append(.start)
        case .end:
            self.instructions.append(.end)
        case .wordBoundary(let isNegated):
            self.instructions.append(.wordBoundary(isNegated: isNegated))
        case .ahead(let content, let isNegated):
            let ahead = self.reserve()
            try self.emit(content)
            self.instructions.append(.match)
            self.instructions[ahead] = .ahead(isNegated: isNegated, then: self.instructions.count)
        }
    }

    private mutating func emit(alternatives: [PatternSyntax]) throws(PatternFault) {
        var ends: [Int] = []
        for alternative in alternatives.dropLast() {
            let split = self.reserve()
            try self.emit(alternative)
            ends.append(self.reserve())
            self.instructions[split] = .split(split + 1, self.instructions.count)
        }
        if let last = alternatives.last { try self.emit(last) }
        for end in ends { self.instructions[end] = .jump(self.instructions.count) }
    }

    private mutating func emit(_ term: PatternSyntax, minimum: Int, maximum: Int?) throws(PatternFault) {
        for _ in 0..<minimum { try self.emit(term) }
        guard let maximum else {
            let split = self.reserve()
            try self.emit(term)
            self.instructions.append(.jump(split))
            self.instructions[split] = .split(split + 1, self.instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<maximum {
            splits.append(self.reserve())
            try self.emit(term)
        }
        for split in splits { self.instructions[split] = .split(split + 1, self.instructions.count) }
    }

    private mutating func reserve() -> Int {
        self.instructions.append(.match)
        return self.instructions.count - 1
    }

    private static func isAnchored(_ syntax: PatternSyntax) -> Bool {
        switch syntax {
        case .start: true
        case .sequence(let terms): terms.first.map(Self.isAnchored) ?? false
        case .alternatives(let alternatives): alternatives.allSatisfy(Self.isAnchored)
        default: false
        }
    }
}
