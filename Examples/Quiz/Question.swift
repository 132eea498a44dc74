// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What whoever runs a quiz asks: the room gets all of it but the answer.
struct Question: Codable, Sendable {
    var questionId: String
    var questionNumber: Int
    var totalQuestions: Int
    var question: String
    var options: [String]
    /// Seconds.
    var timeLimit: Int
    /// One of the options. Never leaves this program.
    var answer: String

    /// The event's payload.
    struct Published: Codable, Sendable {
        var questionId: String
        var questionNumber: Int
        var totalQuestions: Int
        var question: String
        var options: [String]
        var timeLimit: Int
        var startTime: Date
    }

    func published(at time: Date) -> Published {
        Published(
            questionId: self.questionId, questionNumber: self.questionNumber, totalQuestions: self.totalQuestions,
            question: self.question, options: self.options, timeLimit: self.timeLimit, startTime: time)
    }
}
