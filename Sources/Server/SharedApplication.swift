// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime
import Transport

/// The endpoints of one port, of one contract or several, told apart by their paths.
struct SharedApplication: ListenerApplication {
    private let first: PlatformEndpoint
    private let others: [PlatformEndpoint]

    init(_ first: PlatformEndpoint, others: [PlatformEndpoint]) {
        self.first = first
        self.others = others
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        self.application(for: request).upgrade(request, on: eventLoop)
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.application(for: request).respond(to: request, on: eventLoop, respond)
    }

    func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        self.application(for: request).begin(request, on: eventLoop, answer)
    }

    private func application(for request: HTTPRequest) -> PlatformEndpoint {
        self.others.first { $0.application.serves(request) } ?? self.first
    }

    /// Paths that nobody has are the first one's to refuse.
    private func application(for request: UpgradeRequest) -> PlatformEndpoint {
        self.others.first { $0.application.serves(request) } ?? self.first
    }
}

extension ListenerRules {
    /// Whether both are endpoints of one socket. Port 0 is a different port each time.
    func isOnPort(of other: ListenerRules) -> Bool {
        self.port != 0 && self.port == other.port && self.host == other.host
    }
}
