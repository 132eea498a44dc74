// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why an event that asked for an answer got none, or not all.
public struct SocketAnswerError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Cause: Sendable {
        /// Not all have answered in time.
        case timedOut
        /// The socket has left before it answered.
        case disconnected
        /// The event cannot be sent: its name is one of the protocol's own, or it has more than ten attachments.
        case notSendable
    }

    /// What went wrong.
    public let cause: Cause
    /// The answers of a broadcast that came in time.
    public let answers: [SocketValue]

    init(_ cause: Cause, answers: [SocketValue] = []) {
        self.cause = cause
        self.answers = answers
    }

    /// In the words of the reference implementation.
    public var description: String {
        switch self.cause {
        case .timedOut: "operation has timed out"
        case .disconnected: "socket has been disconnected"
        case .notSendable: "the event cannot be sent"
        }
    }
}
