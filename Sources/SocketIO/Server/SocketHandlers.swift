// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an application wants done with one socket's events. Owned by the socket's event loop.
///
/// A class, since handlers may register others while they run.
final class SocketHandlers {
    private struct Handler {
        let isOnce: Bool
        let run: @Sendable (SocketEvent) -> Void
    }

    private var byName: [String: [Handler]] = [:]
    private var forAny: [@Sendable (SocketEvent) -> Void] = []
    private var middlewares: [@Sendable (SocketEvent) throws -> Void] = []
    private var forErrors: [@Sendable (any Error) -> Void] = []
    private var forDisconnecting: [@Sendable (DisconnectReason) -> Void] = []
    private var forDisconnect: [@Sendable (DisconnectReason) -> Void] = []

    // MARK: Registering

    func add(_ name: String, isOnce: Bool, _ run: @escaping @Sendable (SocketEvent) -> Void) {
        self.byName[name, default: []].append(Handler(isOnce: isOnce, run: run))
    }

    func remove(_ name: String) { self.byName[name] = nil }

    func addForAny(_ run: @escaping @Sendable (SocketEvent) -> Void) { self.forAny.append(run) }

    func addMiddleware(_ run: @escaping @Sendable (SocketEvent) throws -> Void) {
        self.middlewares.append(run)
    }

    func addForErrors(_ run: @escaping @Sendable (any Error) -> Void) { self.forErrors.append(run) }

    func addForDisconnecting(_ run: @escaping @Sendable (DisconnectReason) -> Void) {
        self.forDisconnecting.append(run)
    }

    func addForDisconnect(_ run: @escaping @Sendable (DisconnectReason) -> Void) {
        self.forDisconnect.append(run)
    }

    // MARK: Running

    /// Runs the middlewares, then the handlers. Those that a handler adds or removes count from the next event on.
    func handle(_ event: SocketEvent) {
        do {
            for middleware in self.middlewares { try middleware(event) }
        } catch {
            for handler in self.forErrors { handler(error) }
            return
        }
        let handlers = self.byName[event.name] ?? []
        if handlers.contains(where: \.isOnce) { self.byName[event.name]?.removeAll(where: \.isOnce) }
        let forAny = self.forAny
        for handler in forAny { handler(event) }
        for handler in handlers { handler.run(event) }
    }

    func disconnecting(_ socket: Socket, _ reason: DisconnectReason) {
        for handler in self.forDisconnecting { handler(reason) }
        self.runLocal("disconnecting", socket, reason)
    }

    func disconnected(_ socket: Socket, _ reason: DisconnectReason) {
        for handler in self.forDisconnect { handler(reason) }
        self.runLocal("disconnect", socket, reason)
    }

    private func runLocal(_ name: String, _ socket: Socket, _ reason: DisconnectReason) {
        guard let handlers = self.byName[name] else { return }
        let event = SocketEvent(name: name, arguments: [SocketValue(reason.rawValue)], socket: socket)
        for handler in handlers { handler.run(event) }
    }
}
