// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension Platform {
    /// Notes an open connection whose client may return.
    ///
    /// - Parameter key: of the secret that the client was given; see ``SecretText``.
    package func openReturn(_ key: String, _ displacement: @escaping ReturnTable.Displacement) {
        self.returns.opened(key, displacement)
    }

    /// Notes that it has ended, and keeps what it had beyond the end of this process.
    ///
    /// - Parameters:
    ///   - state: `nil`: its client may not return.
    ///   - age: milliseconds in which he may.
    package func endReturn(_ key: String, _ state: ReturnState?, age: Int64) {
        let now = self.clock.now()
        let expiresAt = Timestamp(milliseconds: now.milliseconds + min(max(age, 0), Self.longestSession))
        self.returns.ended(key, state, expiresAt: expiresAt, now: now)
        guard let state else { return }
        let credential = StoredCredential(
            kind: .connection, key: key, user: state.user ?? UserID(""), content: state.content, createdAt: now,
            expiresAt: expiresAt)
        self.keepReturn(.putCredential(credential))
    }

    /// Takes what a client's earlier connection had, which nobody else then gets. One that is still open ends first.
    ///
    /// - Parameter completion: runs exactly once, on `eventLoop`; `nil`: there is none, or its time is over.
    package func takeReturn(
        _ secret: String,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (ReturnState?) -> Void
    ) {
        let key = SecretText.key(of: secret)
        switch self.returns.take(key, now: self.clock.now()) {
        case .nothing: eventLoop.execute { completion(nil) }
        case .ended(let state):
            self.keepReturn(.removeCredential(.connection, key: key))
            eventLoop.execute { completion(state) }
        case .open(let displacement):
            displacement { state in
                if let state { return eventLoop.execute { completion(state) } }
                // It ended by itself meanwhile.
                guard case .ended(let state) = self.returns.take(key, now: self.clock.now()) else {
                    return eventLoop.execute { completion(nil) }
                }
                self.keepReturn(.removeCredential(.connection, key: key))
                eventLoop.execute { completion(state) }
            }
        }
    }

    /// Nobody waits for it, and memory has it already. What cannot be kept is lost with the process, and the client then begins anew.
    private func keepReturn(_ change: StateChange) {
        self.commits.enter {
            CommitLine.Entry(commit: Commit(time: self.nextStamp().time, changes: [change])) { _ in }
        }
    }
}
