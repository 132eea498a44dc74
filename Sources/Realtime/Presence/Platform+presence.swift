// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Synchronization

extension Platform {
    private static let presenceInterval: TimeAmount = .seconds(1)

    /// Counts a connection, on a platform where it is counted who is online.
    func userCame(_ user: UserID) {
        self.presence.came(user) { self.tell($0, isOnline: $1) }
    }

    func userLeft(_ user: UserID) {
        self.presence.left(user, at: self.clock.now())
    }

    func startPresence() {
        guard self.rules.tracksPresence || self.rules.tracksChannelPresence, let loop = self.eventLoops.first,
            !self.hasStartedPresence.exchange(true, ordering: .relaxed)
        else { return }
        loop.scheduleRepeatedTask(initialDelay: Self.presenceInterval, delay: Self.presenceInterval) {
            [weak self] task in
            guard let self, !self.isClosed else { return task.cancel() }
            self.presence.expire(at: self.clock.now()) { self.tell($0, isOnline: $1) }
            self.channelPresence.expire(at: self.clock.now()) { self.tell($0) }
        }
    }

    /// Publishes that a user came or went. On one loop, so that changes are published in the order in which they are told here.
    private func tell(_ user: UserID, isOnline: Bool) {
        self.notePresence(of: Identity(user: user), isOnline: isOnline)
        guard let loop = self.eventLoops.first else { return }
        loop.execute {
            guard !self.isClosed, let rules = self.definition.presence else { return }
            var scope = TemplateScope(now: self.clock.now())
            scope.identity = Identity(user: user)
            scope.presence = (user, isOnline)
            guard let data = try? JSONDocument(parsing: rules.data.rendered(in: scope)) else { return }
            self.publish([PublishRequest(event: rules.event, data: data.root)]) { result in
                guard case .failure(let failure) = result else { return }
                self.report("the presence of a user could not be published: \(failure.error.message)")
            }
        }
    }
}
