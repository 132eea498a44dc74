// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import NIOPosix
import Transport

/// The app of a benchmark of calls: answers each with what the client sent.
struct EchoApp: ListenerApplication {
    /// Serves on a thread of its own until the program ends.
    static func serve(port: Int) async throws {
        var configuration = ListenerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = port
        _ = try await Listener.start(
            configuration, application: EchoApp(), on: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "no WebSocket here\n"))
    }

    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let call = try? JSONDocument(parsing: Array(request.body.readableBytesView)).root
        guard let data = call?["data"] else { return respond(.text(.badRequest, "no call\n")) }
        respond(.json(.ok, ByteBuffer(bytes: data.rawBytes)))
    }
}
