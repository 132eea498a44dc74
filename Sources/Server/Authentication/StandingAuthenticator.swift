// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import NIOCore
import Realtime
import Synchronization

/// A platform's authenticator as connections know it: it stays when a reload exchanges what is behind it, so that users who are
/// asked about again later are asked about by the keys and addresses of then.
final class StandingAuthenticator: Authenticator {
    private let behind: Mutex<any Authenticator>
    /// What a mock backend breaks on purpose; `nil`: there is none.
    private let gate: MockGate?

    init(_ authenticator: any Authenticator, gate: MockGate? = nil) {
        self.behind = Mutex(authenticator)
        self.gate = gate
    }

    func exchange(_ authenticator: any Authenticator) { self.behind.withLock { $0 = authenticator } }

    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        let authenticator = self.behind.withLock { $0 }
        guard let outage = self.gate?.outage else {
            return authenticator.authenticate(credential, on: eventLoop, completion: completion)
        }
        let waiting = NIOLoopBound(completion, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .milliseconds(outage.slow ?? 0)) {
            guard outage.refusal != .tokens || credential == nil else {
                return waiting.value(.failure(.refusedOnPurpose))
            }
            authenticator.authenticate(credential, on: eventLoop, completion: waiting.value)
        }
    }
}

extension RequestError {
    fileprivate static let refusedOnPurpose = RequestError(
        .invalidCredentials, "the scenario refuses tokens", reason: "invalid")
}
