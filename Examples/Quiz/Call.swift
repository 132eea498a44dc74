// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What Switchboard sends when a player answers: the client's event, with who and where.
struct Call: Decodable, Sendable {
    struct User: Codable, Sendable {
        var id: String
        var name: String?
    }

    struct Participant: Decodable, Sendable { var id: String }

    /// What the contract adds.
    struct Facts: Decodable, Sendable { var participant: Participant? }

    /// What the client sent.
    struct Answer: Decodable, Sendable {
        var questionId: String
        var answer: String
    }

    var id: String
    var event: String
    var parameters: [String: String]
    var user: User
    var with: Facts?
    var receivedAt: Date
    var data: Answer
}
