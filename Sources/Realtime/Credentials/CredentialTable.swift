// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The sessions and one-time tokens that hold now, as the store has them. Threads: any.
package final class CredentialTable: Sendable {
    private struct Name: Hashable {
        var kind: StoredCredential.Kind
        var key: String
    }

    private struct State {
        var credentials: [Name: StoredCredential] = [:]
        var sessionKeys: [UserID: Set<String>] = [:]
        /// So that what has expired does not stay.
        var wheel = DeadlineWheel<Name>(now: 0)
        /// Families of refresh tokens that are in the wheel: once each, as they are put anew all the time.
        var familiesInWheel: Set<Name> = []

        mutating func put(_ credential: StoredCredential) {
            let name = Name(kind: credential.kind, key: credential.key)
            self.remove(name)
            self.credentials[name] = credential
            if credential.kind == .session { self.sessionKeys[credential.user, default: []].insert(credential.key) }
            if name.kind != .refresh || self.familiesInWheel.insert(name).inserted {
                self.wheel.add(name, at: credential.expiresAt.milliseconds)
            }
        }

        @discardableResult
        mutating func remove(_ name: Name) -> StoredCredential? {
            guard let credential = self.credentials.removeValue(forKey: name) else { return nil }
            if name.kind == .session {
                self.sessionKeys[credential.user]?.remove(name.key)
                if self.sessionKeys[credential.user]?.isEmpty == true { self.sessionKeys[credential.user] = nil }
            }
            return credential
        }

        mutating func forgetExpired(at now: Timestamp) {
            for name in self.wheel.advance(to: now.milliseconds) {
                if name.kind == .refresh { self.familiesInWheel.remove(name) }
                guard let credential = self.credentials[name] else { continue }
                if credential.expiresAt <= now {
                    self.remove(name)
                } else if name.kind == .refresh, self.familiesInWheel.insert(name).inserted {
                    self.wheel.add(name, at: credential.expiresAt.milliseconds)
                }
                // Another one that was put anew holds longer, and is in the wheel again.
            }
        }
    }

    private let state: Mutex<State>

    init(_ state: EngineState = EngineState()) {
        var known = State()
        for credential in state.credentials where credential.kind != .connection { known.put(credential) }
        self.state = Mutex(known)
    }

    /// - Returns: `nil` when there is none, or it has expired.
    package func credential(_ kind: StoredCredential.Kind, key: String, at now: Timestamp) -> StoredCredential? {
        self.state.withLock { state in
            guard let credential = state.credentials[Name(kind: kind, key: key)], now < credential.expiresAt else {
                return nil
            }
            return credential
        }
    }

    /// A user's sessions, oldest first.
    package func sessions(of user: UserID, at now: Timestamp) -> [StoredCredential] {
        self.state.withLock { state in
            (state.sessionKeys[user] ?? []).compactMap { state.credentials[Name(kind: .session, key: $0)] }
                .filter { now < $0.expiresAt }
        }.sorted { ($0.createdAt, $0.key) < ($1.createdAt, $1.key) }
    }

    /// Takes a credential out, so that nobody else gets it. Whoever took it has its removal kept, or puts it back.
    func take(_ kind: StoredCredential.Kind, key: String, at now: Timestamp) -> StoredCredential? {
        self.state.withLock { state in
            guard let credential = state.remove(Name(kind: kind, key: key)), now < credential.expiresAt else {
                return nil
            }
            return credential
        }
    }

    /// Changes, puts in or takes out a credential in one step. Whoever does so has that kept, or undoes it.
    ///
    /// - Parameter change: gets `nil` where there is none, or it has expired.
    @discardableResult
    func update<Outcome>(
        _ kind: StoredCredential.Kind, key: String, at now: Timestamp,
        _ change: (inout StoredCredential?) -> Outcome
    ) -> Outcome {
        self.state.withLock { state in
            let name = Name(kind: kind, key: key)
            let known = state.credentials[name].flatMap { now < $0.expiresAt ? $0 : nil }
            var credential = known
            let outcome = change(&credential)
            if credential != known {
                if let credential { state.put(credential) } else { state.remove(name) }
            }
            return outcome
        }
    }

    /// Undoes `take`.
    func putBack(_ credential: StoredCredential) { self.state.withLock { $0.put(credential) } }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        switch change {
        case .putCredential(let credential):
            self.state.withLock { state in
                state.forgetExpired(at: credential.createdAt)
                state.put(credential)
            }
        case .removeCredential(let kind, let key): self.state.withLock { _ = $0.remove(Name(kind: kind, key: key)) }
        default: return
        }
    }
}
