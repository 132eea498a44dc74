// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import NIOPosix
import Realtime
import Transport

/// An app with a webhook, on a real port, which answers as a closure says.
struct WebhookApp: ListenerApplication {
    typealias Answer = @Sendable (HTTPRequest, @escaping @Sendable (HTTPResponse) -> Void) -> Void

    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    let answer: Answer

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        .refuse(.text(.notFound, "no WebSocket here"))
    }

    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.answer(request, respond)
    }

    /// Runs `body` with the app while it is served.
    static func serve(_ answer: @escaping Answer, _ body: @Sendable (App) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await Listener.start(
            ListenerConfiguration(), application: WebhookApp(answer: answer), on: group)
        let url = "http://127.0.0.1:\(listener.port)/calls"
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(App(id: "app_quiz_v1", webhook: .init(url: url, secret: Self.secret))))
        } catch {
            result = .failure(error)
        }
        try await listener.stopAccepting()
        try await group.shutdownGracefully()
        try result.get()
    }
}
