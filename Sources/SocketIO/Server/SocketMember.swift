// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore

/// The part of a socket that its event loop owns: its link, its handlers, the answers that it owes.
///
/// Lives from the CONNECT until the namespace is left; then the socket lets go of it.
final class SocketMember: SocketLinkHandler {
    typealias Completion = (Result<[SocketValue], SocketAnswerError>) -> Void

    let socket: Socket
    let link: SocketLink

    /// Where it stands in its `LoopNamespace`, and in the list of each room.
    var place: Int?
    var roomPlaces: [String: Int] = [:]
    /// The last delivery that it was considered for.
    var delivery: UInt64 = 0

    var handlers = SocketHandlers()
    private var answers: [UInt64: (completion: Completion, deadline: Scheduled<Void>?)] = [:]

    init(socket: Socket, link: SocketLink) {
        self.socket = socket
        self.link = link
    }

    // MARK: Sending

    func send(_ frames: ByteBuffer, isVolatile: Bool) {
        if isVolatile, !self.link.port.isReadyNow { return }
        self.link.send(frames)
    }

    /// Calls `completion` once: with the client's answer to the event that bears this id, or when there will be none.
    func expectAnswer(_ id: UInt64, timeout: TimeAmount?, _ completion: @escaping Completion) {
        let deadline = timeout.map { timeout in
            self.link.port.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] () -> Void in
                self?.answers.removeValue(forKey: id)?.completion(.failure(SocketAnswerError(.timedOut)))
            }
        }
        self.answers[id] = (completion, deadline)
    }

    /// Stops waiting, without a word.
    func forgetAnswer(_ id: UInt64) { self.answers.removeValue(forKey: id)?.deadline?.cancel() }

    // MARK: The link's calls

    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?) {
        guard let first = arguments[0], let name = first.string ?? first.numberText else { return }
        let event = SocketEvent(
            name: name, arguments: SocketValue.arguments(arguments, attachments, droppingFirst: 1),
            socket: self.socket, ack: ack)
        self.handlers.handle(event)
    }

    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer]) {
        guard let answer = self.answers.removeValue(forKey: ack) else { return }
        answer.deadline?.cancel()
        answer.completion(.success(SocketValue.arguments(arguments, attachments, droppingFirst: 0)))
    }

    /// It was not let in: what a middleware did with it is undone. The namespace still counts it.
    func abandon() {
        self.socket.ended(nil)
        self.socket.removeFromRooms(self)
        for answer in self.answers.values {
            answer.deadline?.cancel()
            answer.completion(.failure(SocketAnswerError(.disconnected)))
        }
        self.answers = [:]
        self.handlers = SocketHandlers()
    }

    func ended(_ reason: DisconnectReason) {
        self.handlers.disconnecting(self.socket, reason)
        self.socket.ended(reason)
        self.socket.removeFromRooms(self)
        self.socket.namespace.socketEnded()
        let answers = self.answers.values
        self.answers = [:]
        for answer in answers {
            answer.deadline?.cancel()
            answer.completion(.failure(SocketAnswerError(.disconnected)))
        }
        let handlers = self.handlers
        self.handlers = SocketHandlers()
        handlers.disconnected(self.socket, reason)
    }
}
