// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The questions that are open, and who has answered them. Any thread.
final class Quiz: Sendable {
    /// The player's callback gets it instead of a verdict.
    struct Refusal: Error, Encodable {
        struct Reason: Encodable {
            var code: String
            var message: String
        }

        var success = false
        var error: Reason

        init(_ code: String, _ message: String) { self.error = Reason(code: code, message: message) }
    }

    private struct Open {
        var question: Question
        var startTime: Date
        var players: Set<String> = []
        var correctCount = 0
    }

    /// Rooms, and in each the newest question.
    private let open = Mutex<[String: Open]>([:])

    func ask(_ question: Question, in room: String, at time: Date) {
        self.open.withLock { $0[room] = Open(question: question, startTime: time) }
    }

    /// Judges one answer. Each player has one; the first right one is the first in rank.
    func judge(_ call: Call) -> Result<(Verdict, AnswerResult), Refusal> {
        guard let room = call.parameters["roomId"] else {
            return .failure(Refusal("INVALID_PAYLOAD", "Nobody knows in which room"))
        }
        return self.open.withLock { rooms in
            guard var open = rooms[room], open.question.questionId == call.data.questionId else {
                return .failure(Refusal("INVALID_PAYLOAD", "This question is not open"))
            }
            let seconds = call.receivedAt.timeIntervalSince(open.startTime)
            guard seconds <= Double(open.question.timeLimit) else {
                return .failure(Refusal("INVALID_PAYLOAD", "The time is over"))
            }
            guard open.players.insert(call.user.id).inserted else {
                return .failure(Refusal("INVALID_PAYLOAD", "You have answered already"))
            }
            let isCorrect = call.data.answer == open.question.answer
            if isCorrect { open.correctCount += 1 }
            rooms[room] = open
            let rank = isCorrect ? open.correctCount : nil
            let responseTime = max(0, (seconds * 10).rounded() / 10)
            let verdict = Verdict(correct: isCorrect, responseTime: responseTime, rank: rank)
            let result = AnswerResult(
                questionId: call.data.questionId, participantId: call.with?.participant?.id ?? call.user.id,
                user: call.user, verdict: verdict, timestamp: call.receivedAt)
            return .success((verdict, result))
        }
    }
}
