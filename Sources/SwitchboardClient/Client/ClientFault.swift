// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What went wrong, in plain words, and of what kind it is.
public struct ClientFault: Error, Sendable, CustomStringConvertible {
    /// The kinds. There may be more later: a `switch` has a `default`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case configuration, unreachable, token, refused, timedOut, lost, closed, queueFull, command, channel,
                missed,
                frame, payload
        }

        private let value: Value

        /// The address or a setting is none that can be used.
        public static let configuration = Self(value: .configuration)
        /// There is no connection to the server, or it cannot be encrypted.
        public static let unreachable = Self(value: .unreachable)
        /// The token could not be had.
        public static let token = Self(value: .token)
        /// The server does not let this client in.
        public static let refused = Self(value: .refused)
        /// The server has not answered in time.
        public static let timedOut = Self(value: .timedOut)
        /// The connection has ended. Whether the server carried out what was under way is not known.
        public static let lost = Self(value: .lost)
        /// The client was closed.
        public static let closed = Self(value: .closed)
        /// Too many commands wait for a connection.
        public static let queueFull = Self(value: .queueFull)
        /// The server has refused a command.
        public static let command = Self(value: .command)
        /// The server has refused a subscription, or ended it.
        public static let channel = Self(value: .channel)
        /// Events of a channel were lost with a connection, and the server has them no more.
        public static let missed = Self(value: .missed)
        /// The server sent what means nothing in the dialect.
        public static let frame = Self(value: .frame)
        /// A payload, an answer or a command does not fit its type.
        public static let payload = Self(value: .payload)

        /// The kind, in a word.
        public var description: String { self.value.rawValue }
    }

    /// Of what kind it is.
    public let code: Code
    /// One line without a full stop.
    public let message: String
    /// What the server calls it: the code of its error, the status of its handshake, the code with which it closed.
    public let serverCode: String?
    /// The channel that it is about.
    public let channel: String?
    /// What it was made of, where there was an error.
    public let underlying: (any Error)?

    init(
        _ code: Code, _ message: String, serverCode: String? = nil, channel: String? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.serverCode = serverCode
        self.channel = channel
        self.underlying = underlying
    }

    /// The message.
    public var description: String { self.message }

    /// What was sent, in part, goes into the message.
    static func broken(_ text: UnsafeRawBufferPointer, _ problem: String) -> ClientFault {
        ClientFault(.frame, "\(problem): \(String(decoding: text.prefix(100), as: UTF8.self))")
    }

    static let clientClosed = ClientFault(.closed, "the client was closed")
}
