// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime
import Synchronization

/// A platform's authenticator as connections know it: it stays when a reload exchanges what is behind it, so that users who are
/// asked about again later are asked about by the keys and addresses of then.
final class StandingAuthenticator: Authenticator {
    private let behind: Mutex<any Authenticator>

    init(_ authenticator: any Authenticator) { self.behind = Mutex(authenticator) }

    func exchange(_ authenticator: any Authenticator) { self.behind.withLock { $0 = authenticator } }

    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        self.behind.withLock { $0 }.authenticate(credential, on: eventLoop, completion: completion)
    }
}
