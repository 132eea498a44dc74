// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One connection on its way in: counted for its user and its address from its first moment, until it is given up or its session
/// takes the counts over. Owned by the connection's loop.
package final class Admission {
    private let hub: LoopHub
    /// The counts stay here when a session takes the connection over, which may have several.
    let isShared: Bool
    /// Those that counted the connection.
    private var limits: PlatformLimits
    private let address: PeerAddress?
    private var countedUser: UserID?
    private var isAddressCounted = false
    private var isBadCredentialCounted = false
    /// The counts were given back or left to a session.
    private var isOver = false
    private var waiting: Scheduled<Void>?

    fileprivate init(hub: LoopHub, address: String, isShared: Bool) {
        self.hub = hub
        self.isShared = isShared
        self.limits = hub.rules.limits
        self.address = hub.rules.limits.needsAddress ? PeerAddress(address) : nil
    }

    /// Counts the connection before it is known whose it is.
    ///
    /// - Returns: why it is refused.
    package func knock() -> RequestError? {
        guard let address = self.address else { return nil }
        if let wait = self.limits.admitAttempt(.address(address), per: .address, at: self.hub.now) {
            return self.refuse(.address(address), .attempts, .tooManyAttempts(retryAfter: wait))
        }
        guard self.limits.enter(address) else {
            return self.refuse(.address(address), .connections, .tooManyConnections)
        }
        self.isAddressCounted = true
        return nil
    }

    /// Counts the connection for its user, and lets it wait where it has to.
    ///
    /// - Parameter completion: told why the connection is refused; before the call returns unless it has to wait. Never called after
    ///   `leave`.
    package func enter(as user: UserID?, completion: @escaping (RequestError?) -> Void) {
        let now = self.hub.now
        if let user {
            if let wait = self.limits.admitAttempt(.user(user), per: .user, at: now) {
                return completion(self.refuse(.user(user), .attempts, .tooManyAttempts(retryAfter: wait)))
            }
            guard self.limits.enter(user) else {
                return completion(self.refuse(.user(user), .connections, .tooManyConnections))
            }
            self.countedUser = user
        }
        let delays = [user.map { .user($0) }, self.address.map { .address($0) }].compactMap { $0 as LimitOwner? }
            .map { self.limits.takeDelay(of: $0, at: now) }
        guard let delay = delays.max(), delay > 0 else { return completion(nil) }
        self.hub.statistics.limited[.throttled] += 1
        self.waiting = self.hub.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) { [weak self] in
            self?.waiting = nil
            completion(nil)
        }
    }

    /// Counts a credential that does not hold, where the platform does: the connection once, however often it tries.
    ///
    /// - Returns: why the client is refused: the error itself, or that there were too many such from its address.
    package func reconsider(_ error: RequestError) -> RequestError {
        guard let address = self.address, error.code.isOfCredentials, !self.isBadCredentialCounted else { return error }
        guard
            let wait = self.limits.admitAttempt(.address(address), per: .address, isRefused: true, at: self.hub.now)
        else {
            self.isBadCredentialCounted = true
            return error
        }
        return self.refuse(.address(address), .attempts, .tooManyAttempts(retryAfter: wait))
    }

    private func refuse(_ owner: LimitOwner, _ kind: LimitKind, _ error: RequestError) -> RequestError {
        self.hub.statistics.limited[kind] += 1
        self.limits.punish(owner, at: self.hub.now)
        return error
    }

    /// Gives the counts back. Also happens when the admission is let go.
    package func leave() {
        self.waiting?.cancel()
        self.waiting = nil
        guard !self.isOver else { return }
        self.isOver = true
        if let user = self.countedUser { self.limits.leave(user) }
        if self.isAddressCounted, let address = self.address { self.limits.leave(address) }
    }

    /// Leaves the counts to the session, which gives them back when it closes.
    ///
    /// - Returns: whether there are any: an admission that was given up has none, nor has one from before the limits changed, nor
    ///   does a shared one give its own away.
    func handOver() -> (address: PeerAddress?, isCounted: Bool) {
        if self.isShared {
            self.recount(in: self.hub.rules.limits)
            return (self.address, false)
        }
        if self.limits !== self.hub.rules.limits { self.leave() }
        let isCounted = !self.isOver
        self.isOver = true
        return (self.address, isCounted)
    }

    /// Of a shared one: the connection is counted by other limits from now on, once, whichever of its sessions asks first. They
    /// refuse no connection that is there.
    func recount(in new: PlatformLimits) {
        guard self.limits !== new else { return }
        let old = self.limits
        self.limits = new
        guard !self.isOver else { return }
        if let user = self.countedUser {
            old.leave(user)
            new.count(user)
        }
        if self.isAddressCounted, let address = self.address {
            old.leave(address)
            new.count(address)
        }
    }

    deinit { self.leave() }
}

@available(*, unavailable)
extension Admission: Sendable {}

extension LoopHub {
    /// What a new connection has to pass; `nil` where the platform limits nothing that it would count for.
    ///
    /// - Parameters:
    ///   - address: where the connection comes from.
    ///   - isShared: it stays the owner of its counts, whatever sessions it is handed to.
    package func admission(from address: String, isShared: Bool = false) -> Admission? {
        self.rules.limits.concernsConnections ? Admission(hub: self, address: address, isShared: isShared) : nil
    }
}

extension RequestError.Code {
    /// Whoever asks has to prove who he is, and has not.
    fileprivate var isOfCredentials: Bool {
        [.unauthenticated, .invalidCredentials, .expired, .sessionEnded].contains(self)
    }
}

extension RequestError {
    /// - Parameter wait: milliseconds.
    static func tooManyAttempts(retryAfter wait: Int64) -> RequestError {
        var error = RequestError(.tooManyAttempts, "too many attempts to connect; try again later")
        error.retryAfter = wait
        return error
    }

    static let tooManyConnections = RequestError(.tooManyConnections, "too many connections")
}
