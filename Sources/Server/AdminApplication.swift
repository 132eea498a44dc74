// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import NIOCore
import Pages
import Transport

/// What the admin listener serves.
struct AdminApplication: ListenerApplication {
    /// What belongs to the API: files of these names are not served.
    private static let ownNames: Set<Substring> = [
        "v1", "health", "metrics", "openapi.yaml", "docs", "demo", "demo.json",
    ]

    let api: AdminAPI
    /// Files for browsers; `nil`: none.
    var pages: PageFolder?
    /// What these need to act on mocked platforms; `nil`: they may not.
    var demo: Demo?

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "the admin listener has no WebSocket endpoint\n"))
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        if let demo, demo.respond(to: request, on: eventLoop, respond) { return }
        if let response = self.page(request) { return respond(response) }
        self.api.respond(to: request, on: eventLoop, respond)
    }

    private func page(_ request: HTTPRequest) -> HTTPResponse? {
        guard let pages else { return nil }
        let name = request.rawPath.dropFirst().prefix { $0 != "/" }
        return Self.ownNames.contains(name) ? nil : pages.response(to: request)
    }
}
