// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The payload of `quiz:answer_result`: what the room hears of an answer.
struct AnswerResult: Encodable, Sendable {
    var questionId: String
    var participantId: String
    var user: Call.User
    var verdict: Verdict
    var timestamp: Date

    private enum Key: CodingKey { case questionId, participantId, user, correct, responseTime, rank, timestamp }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.questionId, forKey: .questionId)
        try container.encode(self.participantId, forKey: .participantId)
        try container.encode(self.user, forKey: .user)
        try container.encode(self.verdict.correct, forKey: .correct)
        try container.encode(self.verdict.responseTime, forKey: .responseTime)
        try container.encode(self.verdict.rank, forKey: .rank)
        try container.encode(self.timestamp, forKey: .timestamp)
    }
}
