// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime

/// Lets in whoever names himself: the token is the user's id.
struct OpenDoor: Authenticator {
    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        guard let token = credential?.text else {
            return completion(.failure(RequestError(.unauthenticated, "no token")))
        }
        completion(.success(Identity(user: UserID(token), roles: ["reader"])))
    }
}

/// Answers on the next turn of the loop.
struct SlowDoor: Authenticator {
    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        eventLoop.assumeIsolated().execute {
            OpenDoor().authenticate(credential, on: eventLoop, completion: completion)
        }
    }
}

struct ManualClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 1_762_344_000_000) }
}
