// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a client can ask a server to do: one of a contract's commands, with the members that it takes.
///
/// The value is encoded as a JSON object. On a plain WebSocket its members stand beside the command's name, or within `Dialect.data`
/// where the dialect has one; to a Socket.IO server they are the event's one argument.
public protocol ClientCommand: Encodable, Sendable {
    /// What the server answers; `NoAnswer` for a command that gets none, which is over when it has been handed to the connection.
    ///
    /// On a plain WebSocket the answer is decoded from the frame that `answer` describes, from Socket.IO's callback otherwise.
    associatedtype Answer: Decodable & Sendable = NoAnswer

    /// As the server spells it: `history`, `room:subscribe`.
    static var commandName: String { get }

    /// How the frame is told that answers on a plain WebSocket. By default: the one that has this command's name where commands have
    /// theirs, decoded from the member `data` where events have their payload, from the whole frame where there is none.
    static var answer: Dialect.Answer? { get }
}

extension ClientCommand {
    /// The frame that has the name of the command.
    public static var answer: Dialect.Answer? { nil }
}

/// The answer of a command that has none.
public struct NoAnswer: Decodable, Sendable, Equatable {
    /// Nothing.
    public init() {}

    /// Whatever stands there is well.
    public init(from decoder: any Decoder) throws {}
}
