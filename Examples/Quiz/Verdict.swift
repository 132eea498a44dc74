// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How an answer was: the player's callback gets it.
struct Verdict: Encodable, Sendable {
    var correct: Bool
    /// Seconds from the question to the answer, with one decimal.
    var responseTime: Double
    /// Among those who were right; `nil`: this one was not.
    var rank: Int?

    private enum Key: CodingKey { case success, correct, responseTime, rank }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(true, forKey: .success)
        try container.encode(self.correct, forKey: .correct)
        try container.encode(self.responseTime, forKey: .responseTime)
        // Also where there is none.
        try container.encode(self.rank, forKey: .rank)
    }
}
