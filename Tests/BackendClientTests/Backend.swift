// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import HTTP
import NIOCore
import NIOPosix
import Transport

/// A real HTTP server, which answers as a closure says; WebSockets it refuses.
struct Backend: ListenerApplication {
    typealias Respond = @Sendable (HTTPResponse) -> Void

    var answer: @Sendable (HTTPRequest, @escaping Respond) -> Void

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "no WebSocket here"))
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping Respond) {
        self.answer(request, respond)
    }

    /// Serves on a free port while `body` runs.
    static func serve(
        certificate: ServedCertificate? = nil,
        _ answer: @escaping @Sendable (HTTPRequest, @escaping Respond) -> Void,
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = ListenerConfiguration()
        configuration.certificate = certificate
        let listener = try await Listener.start(configuration, application: Backend(answer: answer), on: group)
        do {
            try await body(listener.port)
        } catch {
            try await listener.stopAccepting()
            try await group.shutdownGracefully()
            throw error
        }
        try await listener.stopAccepting()
        try await group.shutdownGracefully()
    }
}
