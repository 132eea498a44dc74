// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Transport

/// Accepts every upgrade and answers every other request with a line of text.
struct EchoApplication: ListenerApplication {
    /// Room for the largest messages of the conformance tests.
    private static let maximumMessageByteCount = 16 * 1024 * 1024

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = Self.maximumMessageByteCount
        settings.maximumQueuedByteCount = 4 * Self.maximumMessageByteCount
        return .accept(settings) { port in EchoSession(port: port) }
    }

    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        respond(.text(.ok, "This is a WebSocket echo server.\n"))
    }
}
