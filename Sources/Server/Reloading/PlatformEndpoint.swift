// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime
import Synchronization
import Transport

/// One of a platform's listeners, whose application a reload exchanges. Host, port and path stay.
final class PlatformEndpoint: ListenerApplication {
    private let current: Mutex<PlatformApplication>

    init(_ application: PlatformApplication) {
        self.current = Mutex(application)
        application.takeOver()
    }

    /// What answers requests that come from now on.
    var application: PlatformApplication {
        get { self.current.withLock { $0 } }
        set {
            self.current.withLock { $0 = newValue }
            newValue.takeOver()
        }
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        self.application.upgrade(request, on: eventLoop)
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.application.respond(to: request, on: eventLoop, respond)
    }

    func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        self.application.begin(request, on: eventLoop, answer)
    }
}
