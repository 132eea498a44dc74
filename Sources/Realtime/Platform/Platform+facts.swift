// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore

extension Platform {
    /// Keeps changes of members and the like, then lets them take effect.
    ///
    /// - Parameter completion: runs exactly once, on any thread.
    package func change(
        _ changes: [StateChange],
        completion: @escaping @Sendable (Result<Void, RequestError>) -> Void
    ) {
        self.commits.enter {
            let changes = changes.map { change -> StateChange in
                guard case .setRecord(let channel, let record) = change else { return change }
                return self.records.stage(record.map { .replace($0) } ?? .remove, of: channel)
            }
            return CommitLine.Entry(commit: Commit(time: self.nextCommitTime(changes), changes: changes)) { result in
                switch result {
                case .failure(let error):
                    self.records.discard(changes)
                    completion(.failure(error))
                case .success:
                    self.apply(changes)
                    self.endChannels(removedBy: changes)
                    completion(.success(()))
                }
            }
        }
    }

    /// Takes over changes that were kept, and ends the subscriptions that they leave without a right.
    func apply(_ changes: [StateChange]) {
        var affected: Set<UserID> = []
        for change in changes {
            affected.formUnion(self.members.apply(change))
            if self.definition.hasMemberJoins {
                switch change {
                case .addMembers(_, let users), .setMembers(_, let users): affected.formUnion(users)
                default: break
                }
            }
            self.records.apply(change)
            self.credentials.apply(change)
            self.apps.apply(change)
            self.waits.apply(change)
        }
        if !affected.isEmpty { self.recheck(affected) }
        if changes.contains(where: \.isOfApps) { self.appsChanged() }
    }

    /// Lets go of apps that are not registered any more, and of those with another key.
    func appsChanged() {
        self.published.keep(self.apps.all)
        self.appServices.calls?.recheck(self.apps)
    }

    /// The kept publications of a channel.
    package func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        self.engine.history(of: channel, after: offset, limit: limit, completion: completion)
    }

    // MARK: Connections

    /// Ends one connection, with the platform's words for `disconnected`.
    ///
    /// - Returns: whether there was such a connection, on `eventLoop`.
    package func disconnect(connection number: UInt64, gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<Bool> {
        self.onEveryLoop(gatheredOn: eventLoop) { hub in
            guard let session = hub.session(number) else { return false }
            session.end(.disconnected)
            return true
        }.map { $0.contains(true) }
    }

    /// Ends every connection of a user.
    ///
    /// - Returns: how many there were, on `eventLoop`.
    package func disconnect(user: UserID, gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<Int> {
        self.onEveryLoop(gatheredOn: eventLoop) { hub in
            let sessions = hub.sessions(of: user)
            for session in sessions { session.end(.disconnected) }
            return sessions.count
        }.map { $0.reduce(0, +) }
    }

    /// Ends every connection of the platform because the server goes down.
    package func disconnectAll(gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        self.disconnect(part: 0, of: 1, gatheredOn: eventLoop)
    }

    /// Ends every connection of the platform with this code, one loop after the other, in time.
    package func disconnectAll(_ code: CloseCode, reason: String) {
        _ = self.onEveryLoop(gatheredOn: self.eventLoops[0]) { hub in
            for session in Array(hub.allSessions) { session.port.close(code, reason: reason) }
        }
    }

    /// Ends one of so many parts of the connections, about equal ones, because the server goes down.
    package func disconnect(
        part: UInt64, of partCount: UInt64, gatheredOn eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let rule = self.definition.errors[.shuttingDown]
        let code = rule.close ?? .goingAway
        return self.onEveryLoop(gatheredOn: eventLoop) { hub in
            // A loop counts its connections one by one.
            for session in Array(hub.allSessions) where session.port.number % partCount == part % partCount {
                session.port.close(code, reason: rule.reason ?? "server is going down")
            }
        }.map { _ in }
    }

    /// What all loops counted, on `eventLoop`.
    package func statistics(gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<LoopStatistics> {
        self.onEveryLoop(gatheredOn: eventLoop) { $0.statistics }
            .map { $0.reduce(LoopStatistics(), +) }
    }
}

extension RequestError {
    static let disconnected = RequestError(.disconnected, "the operator ended this connection")
}

extension StateChange {
    fileprivate var isOfApps: Bool {
        switch self {
        case .putRegistration(let registration): registration.kind == .app
        case .removeRegistration(.app, _): true
        default: false
        }
    }
}
