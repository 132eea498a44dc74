// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// One event that a client sent.
public struct SocketEvent: Sendable {
    /// The event's name; of a number, its digits.
    public let name: String
    /// What came behind the name.
    public let arguments: [SocketValue]
    /// Who sent it.
    public let socket: Socket
    private let answer: Answer?

    init(name: String, arguments: [SocketValue], socket: Socket, ack: UInt64? = nil) {
        self.name = name
        self.arguments = arguments
        self.socket = socket
        self.answer = ack.map { Answer(id: $0, socket: socket) }
    }

    /// An argument by its place, from 0; `null` where there is none.
    public subscript(_ position: Int) -> SocketValue {
        self.arguments.indices.contains(position) ? self.arguments[position] : .null
    }

    /// Whether the client waits for an answer.
    public var wantsAcknowledgement: Bool { self.answer != nil }

    /// Answers: runs the client's callback with these arguments. The first call counts; without a callback there is nothing to do.
    /// From any thread, at once or later.
    public func acknowledge(_ arguments: SocketValue...) { self.acknowledge(arguments: arguments) }

    /// Answers with a list of arguments. See `acknowledge(_:)`.
    public func acknowledge(arguments: [SocketValue]) { self.answer?.send(arguments) }

    private final class Answer: Sendable {
        private let id: UInt64
        private let socket: Socket
        private let isSent = Atomic(false)

        init(id: UInt64, socket: Socket) {
            self.id = id
            self.socket = socket
        }

        func send(_ arguments: [SocketValue]) {
            guard !self.isSent.exchange(true, ordering: .relaxed) else { return }
            let encoded = EncodedArguments(arguments)
            guard encoded.isSendable else { return self.socket.namespace.report("an answer with too many attachments") }
            let id = self.id
            self.socket.onMember { $0.link.acknowledge(id, encoded.bytes, attachments: encoded.attachments) }
        }
    }
}
