// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import HTTP
import NIOCore
import Transport

/// Serves several Engine.IO endpoints on one listener, each below its path.
struct PeerApplication: ListenerApplication {
    let endpoints: [EngineEndpoint]

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        guard let endpoint = self.endpoint(of: request.rawPath) else { return .refuse(HTTPResponse(.notFound)) }
        return endpoint.upgrade(request, on: eventLoop)
    }

    func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        self.endpoint(of: request.rawPath)?.begin(request, on: eventLoop, answer)
    }

    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        respond(.text(.notFound, "This is a peer for suites: /engine.io/ and /socket.io/.\n"))
    }

    private func endpoint(of path: String) -> EngineEndpoint? { self.endpoints.first { $0.serves(path: path) } }
}
