// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Foundation
import HTTP
import NIOCore
import Realtime
import Synchronization
import Testing

@testable import Apps

/// Calls to webhooks, over real connections.
@Suite struct AppDispatcherTests {
    @Test func `a call is a signed POST, and the body of its answer the answer`() async throws {
        let requests = Mutex<[HTTPRequest]>([])
        try await WebhookApp.serve({ request, respond in
            requests.withLock { $0.append(request) }
            respond(.json(.ok, #"{"rank":1}"#))
        }) { app in
            try await Calling.with { calling in
                #expect(await calling.call(app, #"{"type":"call","id":"c7"}"#, id: "c7") == #"{"rank":1}"#)
                #expect(calling.count(.answered) == 1)
            }
        }
        let request = try #require(requests.withLock { $0.first })
        #expect(request.method == .post)
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["webhook-id"] == "c7")
        let signature = try #require(WebhookSignature(secret: WebhookApp.secret))
        let now = Int64(Date().timeIntervalSince1970)
        #expect(signature.verifies(request.headers, body: request.body.readableBytesView, now: now))
        #expect(String(buffer: request.body) == #"{"type":"call","id":"c7"}"#)
    }

    @Test(arguments: [
        (200, "<html></html>", "appFailed failed"), (200, "", "appFailed failed"), (204, "", "appFailed failed"),
        (200, "{", "appFailed failed"), (302, "{}", "appFailed failed"), (500, "{}", "appFailed failed"),
        (404, "{}", "appFailed refused"), (429, "{}", "appFailed refused"), (201, " [1] ", " [1] "),
        (200, "\"" + String(repeating: "x", count: 65_534) + "\"", nil),
        (200, "\"" + String(repeating: "x", count: 65_535) + "\"", "appFailed failed"),
    ])
    func `what is no answer is told as a failure`(status: Int, body: String, outcome: String?) async throws {
        try await WebhookApp.serve({ _, respond in
            respond(
                HTTPResponse(
                    HTTPStatus(status), headers: ["Location": "http://127.0.0.1/"], body: ByteBuffer(string: body)))
        }) { app in
            try await Calling.with { calling in #expect(await calling.call(app) == outcome ?? body) }
        }
    }

    @Test func `an app that does not answer in time is late, and its answer is for nobody`() async throws {
        let held = Mutex<(@Sendable (HTTPResponse) -> Void)?>(nil)
        try await WebhookApp.serve({ _, respond in held.withLock { $0 = respond } }) { app in
            try await Calling.with { calling in
                #expect(await calling.call(app) { $0.deadline = 50 } == "appUnavailable late")
                held.withLock { $0 }?(.json(.ok, "1"))
                #expect(calling.count(.late) == 1)
                #expect(calling.count(.answered) == 0)
            }
        }
    }

    @Test func `an app that nobody listens for cannot be reached`() async throws {
        let port = Mutex("")
        try await WebhookApp.serve({ _, respond in respond(.json(.ok, "1")) }) { app in
            port.withLock { $0 = app.webhook?.url ?? "" }
        }
        let app = App(id: "a", webhook: .init(url: port.withLock { $0 }, secret: WebhookApp.secret))
        try await Calling.with { calling in
            #expect(await calling.call(app) == "appUnavailable unreachable")
            #expect(await calling.call(App(id: "b")) == "appUnavailable unreachable")
        }
    }

    @Test func `more calls than may be under way are refused at once`() async throws {
        let held = Mutex<[@Sendable (HTTPResponse) -> Void]>([])
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await WebhookApp.serve({ _, respond in
            held.withLock { $0.append(respond) }
            arrival.yield()
        }) { app in
            try await Calling.with { calling in
                async let first = calling.call(app) { $0.concurrency = 2 }
                async let second = calling.call(app) { $0.concurrency = 2 }
                var count = 0
                for await _ in arrived {
                    count += 1
                    if count == 2 { break }
                }
                #expect(await calling.call(app) { $0.concurrency = 2 } == "appUnavailable busy")
                for respond in held.withLock({ $0 }) { respond(.json(.ok, "1")) }
                #expect(await [first, second] == ["1", "1"])
                #expect(calling.count(.busy) == 1)
            }
        }
    }

    @Test func `an app that fails is left alone for a while, and then asked again`() async throws {
        let isWell = Mutex(false)
        let count = Mutex(0)
        try await WebhookApp.serve({ _, respond in
            count.withLock { $0 += 1 }
            respond(isWell.withLock { $0 } ? .json(.ok, "1") : .text(.internalServerError, "no"))
        }) { app in
            try await Calling.with { calling in
                for _ in 0..<3 {
                    #expect(await calling.call(app) { ($0.failures, $0.pause) = (3, 3_600_000) } == "appFailed failed")
                }
                #expect(await calling.call(app) == "appUnavailable paused")
                #expect(count.withLock { $0 } == 3)
                #expect(calling.dispatcher.figures.first?.figures.isPaused == true)
            }
            try await Calling.with { calling in
                for _ in 0..<3 {
                    #expect(await calling.call(app) { ($0.failures, $0.pause) = (3, 1) } == "appFailed failed")
                }
                isWell.withLock { $0 = true }
                while await calling.call(app) != "1" { await Task.yield() }
                #expect(await calling.call(app) == "1")
                #expect(calling.dispatcher.figures.first?.figures.isPaused == false)
            }
        }
    }
}
