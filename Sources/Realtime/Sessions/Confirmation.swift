// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections

/// How the user of an open connection is confirmed again, where whoever vouched for him has to be asked from time to time.
/// Owned by the connection's loop.
///
/// While nobody answers the connection stays for ``triesWithoutAnswer`` tries, ``retryInterval`` apart; then it ends with
/// `unavailable`.
package final class Confirmation {
    /// Milliseconds.
    static let retryInterval: Int64 = 5000
    static let triesWithoutAnswer = 6

    let credential: Credential
    let authenticator: any Authenticator
    var isUnderWay = false
    /// Tries in a row that nobody answered.
    var failureCount = 0
    /// In milliseconds since 1970.
    var nextTry: Int64 = 0

    /// - Parameter credential: what the client is asked about again; one that holds more than once.
    package init(_ credential: Credential, authenticator: any Authenticator) {
        self.credential = credential
        self.authenticator = authenticator
    }
}

@available(*, unavailable)
extension Confirmation: Sendable {}

extension Session {
    /// When the user has to be confirmed, in milliseconds since 1970; `nil`: never.
    func confirmationDue(wallClock: Int64) -> Int64? {
        guard let until = self.identity?.confirmedUntil else { return nil }
        guard let confirmation else { return until }
        // The answer may come at any moment, and says when to look next.
        return confirmation.isUnderWay ? wallClock + 1000 : max(until, confirmation.nextTry)
    }

    /// Has the user confirmed if that is due; a connection whose user is not ends.
    func confirm(at wallClock: Int64) {
        guard let due = self.confirmationDue(wallClock: wallClock), wallClock >= due else { return }
        guard let confirmation else { return self.endUnconfirmed(.sessionEnded) }
        confirmation.isUnderWay = true
        confirmation.authenticator.authenticate(confirmation.credential, on: self.port.eventLoop) { [weak self] in
            self?.confirmed($0, confirmation)
        }
    }

    private func confirmed(_ result: Result<Identity?, RequestError>, _ confirmation: Confirmation) {
        // Another credential may have come meanwhile.
        guard self.isOpen, self.confirmation === confirmation else { return }
        confirmation.isUnderWay = false
        switch result {
        case .success(let identity?) where identity.user == self.identity?.user:
            confirmation.failureCount = 0
            self.replaceIdentity(identity)
        case .failure(let error) where error.code == .unavailable:
            confirmation.failureCount += 1
            guard confirmation.failureCount <= Confirmation.triesWithoutAnswer else {
                return self.endUnconfirmed(error)
            }
            confirmation.nextTry = self.platform.clock.now().milliseconds + Confirmation.retryInterval
        default: self.endUnconfirmed(.sessionEnded)
        }
    }
}
