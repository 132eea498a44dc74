// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The end of a connection because what it rests on is over.
extension Session {
    /// The token, or the session behind the connection, has expired: the client is told, where the contract has words for it, and
    /// the connection ends when its time is over.
    func expire() {
        let error: RequestError = self.identity?.session == nil ? .expired : .sessionEnded
        guard let notice = self.hub.rules.definition.auth.expiryNotice else { return self.end(error) }
        self.notify(.expired)
        self.end(error, after: notice.grace, isExpiry: true)
    }

    /// The user may not be connected any more: the client is told of a revoked token, where the contract has words for it, and has
    /// the time of one that has expired; else the connection ends at once.
    func endRefused(_ refusal: RequestError) {
        guard refusal.reason == RequestError.revokedReason, self.dialect.kind == .socketIO,
            let notice = self.hub.rules.definition.auth.expiryNotice, !notice.revokedEmits.isEmpty
        else { return self.end(refusal) }
        guard !self.isEnding else { return }
        self.notify(.revoked)
        self.end(refusal, after: notice.grace)
    }

    /// Ends the connection in a while; the first of several ends counts.
    ///
    /// - Parameters:
    ///   - grace: milliseconds.
    ///   - isExpiry: another credential calls it off.
    func end(_ error: RequestError, after grace: Int64, isExpiry: Bool = false) {
        guard self.isOpen, !self.isEnding || (self.endsByExpiry && !isExpiry) else { return }
        guard grace > 0 else { return self.end(error) }
        self.isEnding = true
        self.endsByExpiry = isExpiry
        let number = self.expiryNumber
        self.hub.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(grace)) { [weak self] in
            guard let self, !isExpiry || number == self.expiryNumber else { return }
            self.end(error)
        }
    }

    /// The connection stays: it rests on another credential now. An end that was announced for another reason comes all the same.
    func callOffExpiry() {
        guard self.endsByExpiry else { return }
        self.isEnding = false
        self.endsByExpiry = false
        self.expiryNumber &+= 1
    }
}

extension RequestError {
    fileprivate static let expired = RequestError(
        .expired, "the token has expired", reason: "expired")
}
