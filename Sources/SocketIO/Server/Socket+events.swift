// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension Socket {
    // MARK: Sending

    /// Sends an event. Event names of the protocol's own (`connect`, `connect_error`, `disconnect`, `disconnecting`, `newListener`,
    /// `removeListener`) and more than ten values of bytes cannot be sent; that is logged.
    ///
    /// What the client does not read waits, up to `EngineConfiguration.maximumQueuedByteCount`, past which it is disconnected.
    public func emit(_ name: String, _ arguments: SocketValue...) { self.emit(name, arguments: arguments) }

    /// Sends an event with a list of arguments. See `emit(_:_:)`.
    public func emit(_ name: String, arguments: [SocketValue]) {
        self.namespace.send(name, arguments, to: Audience(rooms: [self.id]), directly: self)
    }

    /// Sends an event and waits for the client's answer.
    ///
    /// Throws `SocketAnswerError`: the time is over, the socket has left, or the event cannot be sent.
    /// - Returns: what the client's callback was given.
    public func emitWithAck(
        _ name: String, _ arguments: SocketValue..., timeout: Duration
    ) async throws -> [SocketValue] {
        try await self.emitWithAck(name, arguments: arguments, timeout: timeout)
    }

    /// Sends an event with a list of arguments and waits for the client's answer. See `emitWithAck(_:_:timeout:)`.
    public func emitWithAck(
        _ name: String, arguments: [SocketValue], timeout: Duration
    ) async throws -> [SocketValue] {
        try await withCheckedThrowingContinuation { continuation in
            self.request(name, arguments, timeout: timeout) { continuation.resume(with: $0) }
        }
    }

    /// Sends an event and runs `completion` on the socket's loop: with the client's answer, or with the reason for there being none.
    ///
    /// - Parameter timeout: nil: waits until the socket leaves.
    public func emit(
        _ name: String, _ arguments: SocketValue..., timeout: Duration? = nil,
        completion: @escaping @Sendable (Result<[SocketValue], SocketAnswerError>) -> Void
    ) {
        self.request(name, arguments, timeout: timeout, completion)
    }

    private func request(
        _ name: String, _ arguments: [SocketValue], timeout: Duration?,
        _ completion: @escaping @Sendable (Result<[SocketValue], SocketAnswerError>) -> Void
    ) {
        let encoded = EncodedArguments(name: name, arguments)
        guard self.namespace.canSend(name, encoded) else {
            return completion(.failure(SocketAnswerError(.notSendable)))
        }
        let id = self.namespace.nextAck()
        let frames = SocketPacketWriter.event(encoded.bytes, ack: id, attachments: encoded.attachments)
        let timeout = timeout.map { TimeAmount.milliseconds($0.milliseconds) }
        self.onLoop { member in
            guard let member else { return completion(.failure(SocketAnswerError(.disconnected))) }
            member.expectAnswer(id, timeout: timeout, completion)
            member.send(frames, isVolatile: false)
        }
    }

    // MARK: Broadcasting

    /// Everybody else in the namespace.
    public var broadcast: SocketBroadcast { self.namespace.everyone.except(self.id) }

    /// Everybody else in the rooms.
    public func to(_ rooms: String...) -> SocketBroadcast { self.namespace.everyone.to(rooms).except(self.id) }

    /// Everybody else in the rooms.
    public func to(_ rooms: [String]) -> SocketBroadcast { self.namespace.everyone.to(rooms).except(self.id) }

    /// Everybody else who is not in the rooms.
    public func except(_ rooms: String...) -> SocketBroadcast { self.namespace.everyone.except(rooms).except(self.id) }

    /// This socket, for events that may be lost: they are dropped when they cannot leave at once.
    public var volatile: SocketBroadcast { self.namespace.everyone.to(self.id).volatile }

    // MARK: Receiving

    /// Runs `handler` for each event of this name, on the socket's loop. Without a handler an event is dropped, and is not answered.
    ///
    /// `disconnecting` and `disconnect` are told here too, with the reason as the argument.
    public func on(_ name: String, _ handler: @escaping @Sendable (SocketEvent) -> Void) {
        self.onMember { $0.handlers.add(name, isOnce: false, handler) }
    }

    /// Runs `handler` for each event of this name, in a task of its own. Those of several events run side by side.
    public func on(_ name: String, _ handler: @escaping @Sendable (SocketEvent) async -> Void) {
        self.on(name) { event in _ = Task { await handler(event) } }
    }

    /// Runs `handler` for the next event of this name only.
    public func once(_ name: String, _ handler: @escaping @Sendable (SocketEvent) -> Void) {
        self.onMember { $0.handlers.add(name, isOnce: true, handler) }
    }

    /// Runs `handler` for every event, before those of its name.
    public func onAny(_ handler: @escaping @Sendable (SocketEvent) -> Void) {
        self.onMember { $0.handlers.addForAny(handler) }
    }

    /// Forgets the handlers of a name.
    public func off(_ name: String) { self.onMember { $0.handlers.remove(name) } }

    /// Sees each event first. An error keeps it from the handlers, and is told to `onError`; the client is told nothing.
    public func use(_ middleware: @escaping @Sendable (SocketEvent) throws -> Void) {
        self.onMember { $0.handlers.addMiddleware(middleware) }
    }

    /// Runs `handler` for each error of a middleware.
    public func onError(_ handler: @escaping @Sendable (any Error) -> Void) {
        self.onMember { $0.handlers.addForErrors(handler) }
    }

    /// Runs `handler` once when the socket leaves, while it is still in its rooms.
    public func onDisconnecting(_ handler: @escaping @Sendable (DisconnectReason) -> Void) {
        self.onMember { $0.handlers.addForDisconnecting(handler) }
    }

    /// Runs `handler` once when the socket has left.
    public func onDisconnect(_ handler: @escaping @Sendable (DisconnectReason) -> Void) {
        self.onMember { $0.handlers.addForDisconnect(handler) }
    }
}
