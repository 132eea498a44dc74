// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import NIOCore
package import Transport

/// A listener's application that is nothing but an endpoint. Other paths are answered 404.
package struct EngineApplication: ListenerApplication {
    private let endpoint: EngineEndpoint

    package init(_ endpoint: EngineEndpoint) { self.endpoint = endpoint }

    package func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        guard self.endpoint.serves(path: request.rawPath) else { return .refuse(Self.notFound) }
        return self.endpoint.upgrade(request, on: eventLoop)
    }

    package func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        guard self.endpoint.serves(path: request.rawPath) else { return nil }
        return self.endpoint.begin(request, on: eventLoop, answer)
    }

    package func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        respond(Self.notFound)
    }

    private static var notFound: HTTPResponse { .text(.notFound, "nothing is served here\n") }
}
