// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import NIOCore
import Transport

/// What the admin listener serves.
struct AdminApplication: ListenerApplication {
    let api: AdminAPI

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "the admin listener has no WebSocket endpoint\n"))
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.api.respond(to: request, on: eventLoop, respond)
    }
}
