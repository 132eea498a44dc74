// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// A client of an event server: connects, subscribes, hands out events as types, sends commands, and comes back by itself.
///
/// Safe to be used from any task, by several at once. Nothing happens before `connect` or `open`; what is subscribed to before is part of the
/// first connection. A client whose last reference goes, those of its sequences included, is closed.
///
///     let client = try EventClient("wss://shop.example/ws", dialect: Shop.dialect, configuration: .init(token: askForToken))
///     try await client.open()
///     for try await event in client.events(Shop.OrderCreated.self, on: Shop.Channel.order("7")) { print(event.total) }
public final class EventClient: Sendable {
    let loop: ClientLoop
    let wire: Wire
    let core: NIOLoopBoundBox<ClientCore>
    private let ids = Atomic<UInt64>(0)

    /// - Parameter address: `ws://` or `wss://` with the contract's path; of a Socket.IO server `http://` or `https://`.
    public convenience init(
        _ address: String, dialect: Dialect, configuration: ClientConfiguration = ClientConfiguration()
    ) throws(ClientFault) {
        try self.init(address, dialect: dialect, configuration: configuration, loop: .shared)
    }

    /// - Parameter loop: where everything of the client happens.
    package init(
        _ address: String, dialect: Dialect, configuration: ClientConfiguration, loop: ClientLoop
    ) throws(ClientFault) {
        let wire = Wire(dialect)
        let plan = ConnectionPlan(
            address: try ServerAddress(address, dialect: dialect, configuration: configuration), wire: wire,
            configuration: configuration, loop: loop)
        self.loop = loop
        self.wire = wire
        self.core = NIOLoopBoundBox.makeBoxSendingValue(ClientCore(plan), eventLoop: loop.eventLoop)
    }

    deinit { self.onLoop { $0.close() } }

    // MARK: - Being connected

    /// Begins to connect, and returns. `states` and `open` tell what comes of it.
    public func connect() { self.onLoop { $0.begin() } }

    /// Connects, and returns when the server has let this client in.
    ///
    /// Throws a ``ClientFault`` when the client has given up, or is not open in this time; then it goes on trying until it is closed. Throws
    /// `CancellationError` when the task is cancelled.
    public func open(within limit: Duration = .seconds(30)) async throws {
        self.connect()
        try await self.wait(limit) { $0.waitUntilOpen($1, $2) }
    }

    /// Returns when the server has confirmed that this client, which has a sequence of the channel's events, is subscribed to it.
    public func subscribed(to channel: String, within limit: Duration = .seconds(30)) async throws {
        try await self.wait(limit) { $0.waitUntilConfirmed(channel, $1, $2) }
    }

    /// Tries to connect at once, without waiting for its time, or has the open connection replaced by a new one.
    public func reconnect() { self.onLoop { $0.reconnect() } }

    /// Ends the connection and everything that waits for something of it, and returns when no socket is left, which takes two seconds where
    /// the server does not answer; a cancelled task does not wait for that. A closed client stays closed.
    public func close() async {
        let core = self.core
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.onLoop { $0.close { continuation.resume() } }
            }
        } onCancel: {
            core.eventLoop.execute {
                core.value.close()
                core.value.cut()
            }
        }
    }

    // MARK: - Inside

    func nextID() -> UInt64 { self.ids.add(1, ordering: .relaxed).newValue }

    func onLoop(_ body: @escaping @Sendable (ClientCore) -> Void) {
        let core = self.core
        core.eventLoop.execute { body(core.value) }
    }

    /// Waits for what the core says, for so long, or until the task is cancelled.
    private func wait(
        _ limit: Duration, _ begin: @escaping @Sendable (ClientCore, UInt64, @escaping ClientCore.Completion) -> Void
    ) async throws {
        let id = self.nextID()
        let core = self.core
        try await self.cancellable(id, cancel: { $0.stopWaiting(id, .clientClosed) }) { resume in
            let overdue = core.eventLoop.scheduleTask(in: limit.timeAmount) {
                core.value.stopWaiting(id, ClientFault(.timedOut, "the server did not answer in time"))
            }
            begin(core.value, id) { result in
                overdue.cancel()
                resume(result)
            }
        }
    }

    /// Runs `begin` on the loop, waits until it calls back, and has it cancelled when the task is.
    func cancellable<Value: Sendable>(
        _ id: UInt64, cancel: @escaping @Sendable (ClientCore) -> Void,
        _ begin: @escaping @Sendable (@escaping @Sendable (Result<Value, ClientFault>) -> Void) -> Void
    ) async throws -> Value {
        let core = self.core
        let flag = CancelFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.eventLoop.execute {
                    guard !flag.isRaised else { return continuation.resume(throwing: CancellationError()) }
                    begin { result in
                        switch result {
                        case .success(let value): continuation.resume(returning: value)
                        case .failure where flag.isRaised: continuation.resume(throwing: CancellationError())
                        case .failure(let fault): continuation.resume(throwing: fault)
                        }
                    }
                }
            }
        } onCancel: {
            flag.raise()
            core.eventLoop.execute { cancel(core.value) }
        }
    }

    /// Whether the task that waits was cancelled, which it may be before the loop hears of it.
    private final class CancelFlag: Sendable {
        private let value = Atomic(false)

        var isRaised: Bool { self.value.load(ordering: .acquiring) }

        func raise() { self.value.store(true, ordering: .releasing) }
    }
}
