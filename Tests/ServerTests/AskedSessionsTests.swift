// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import Connections
import HTTP
import JSON
import NIOCore
import NIOPosix
import Realtime
import Synchronization
import Testing
import Transport

@testable import Server

/// Over real sockets: the backend is a listener that answers as each test says.
struct AskedSessionsTests {
    private struct Backend: ListenerApplication {
        let answer: @Sendable (HTTPRequest, @escaping @Sendable (HTTPResponse) -> Void) -> Void

        func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
            .refuse(.text(.notFound, ""))
        }

        func respond(
            to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
        ) { self.answer(request, respond) }
    }

    private final class Clock: WallClock {
        private let time = Mutex(Timestamp(milliseconds: 1_762_344_000_000))
        func now() -> Timestamp { self.time.withLock { $0 } }
        func advance(milliseconds: Int64) { self.time.withLock { $0.milliseconds += milliseconds } }
    }

    private final class Requests: Sendable {
        private let all = Mutex<[HTTPRequest]>([])
        func append(_ request: HTTPRequest) { self.all.withLock { $0.append(request) } }
        var count: Int { self.all.withLock { $0.count } }
        var first: HTTPRequest? { self.all.withLock { $0.first } }
    }

    /// Answers nothing until it ends: a listener waits a minute for what it owes.
    private final class Silence: Sendable {
        private let owed = Mutex<(answers: [@Sendable (HTTPResponse) -> Void], hasEnded: Bool)>(([], false))

        func hear(_ request: HTTPRequest, _ respond: @escaping @Sendable (HTTPResponse) -> Void) {
            let isLate = self.owed.withLock { owed in
                if !owed.hasEnded { owed.answers.append(respond) }
                return owed.hasEnded
            }
            if isLate { respond(.text(.notFound, "")) }
        }

        func end() {
            let answers = self.owed.withLock { owed in
                owed.hasEnded = true
                return owed.answers
            }
            for answer in answers { answer(.text(.notFound, "")) }
        }
    }

    private let clock = Clock()
    private let requests = Requests()

    private static let user =
        #"{"user":"ann","name":"Ann","roles":["a"],"claims":{"b":1},"expiresAt":"2025-11-05T13:00:00Z"}"#

    private func withBackend(
        deadline: Int64 = 5000,
        _ answer: @escaping @Sendable (HTTPRequest, @escaping @Sendable (HTTPResponse) -> Void) -> Void,
        _ body: (AskedSessions) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let requests = self.requests
        let backend = Backend { request, respond in
            requests.append(request)
            answer(request, respond)
        }
        let listener = try await Listener.start(ListenerConfiguration(), application: backend, on: group)
        var rules = AuthRules.Sessions()
        rules.deadline = deadline
        let address = try #require(BackendAddress("http://127.0.0.1:\(listener.port)/me"))
        let backends = try self.backends()
        try await body(AskedSessions(address, backends: backends, rules: rules, clock: self.clock, log: { _ in }))
        await backends.close()
        try await listener.stopAccepting()
        try await listener.closeAll(.goingAway, reason: "")
    }

    private func backends() throws -> BackendClient {
        BackendClient(Array(MultiThreadedEventLoopGroup.singleton.makeIterator()), trust: try CertificateTrust())
    }

    private static func json(_ status: Int, _ text: String) -> HTTPResponse { .json(HTTPStatus(status), text) }

    private func ask(_ sessions: AskedSessions, _ credential: Credential) async -> Result<Identity, RequestError> {
        await withCheckedContinuation { continuation in
            sessions.ask(about: credential, on: MultiThreadedEventLoopGroup.singleton.any()) {
                continuation.resume(returning: $0)
            }
        }
    }

    private func code(_ sessions: AskedSessions, _ text: String = "x") async -> String {
        switch await self.ask(sessions, Credential(.session, text, cookieHeader: "session=\(text)")) {
        case .success(let identity): identity.user.rawValue
        case .failure(let error): error.code.rawValue
        }
    }

    @Test func `the backend is asked with what the client sent, and says who the user is (BULK-002)`() async throws {
        try await self.withBackend({ _, respond in respond(Self.json(200, Self.user)) }) { sessions in
            let credential = Credential(.session, "x", cookieHeader: "a=b; session=x", authorizationHeader: "Basic y")
            let identity = try await self.ask(sessions, credential).get()
            #expect(identity.user == UserID("ann") && identity.name == "Ann" && identity.roles == ["a"])
            #expect(identity.claims?.root["b"]?.int == 1 && identity.session == nil)
            #expect(identity.expiresAt == Timestamp("2025-11-05T13:00:00Z")?.milliseconds)
            #expect(identity.confirmedUntil == self.clock.now().milliseconds + 27_000)
            let request = try #require(self.requests.first)
            #expect(request.method == .get && request.rawPath == "/me")
            #expect(request.headers["Cookie"] == "a=b; session=x" && request.headers["Authorization"] == "Basic y")
        }
    }

    @Test func `a credential of a query or a message goes as a bearer token`() async throws {
        try await self.withBackend({ _, respond in respond(Self.json(200, Self.user)) }) { sessions in
            _ = try await self.ask(sessions, Credential(.session, "secret")).get()
            #expect(self.requests.first?.headers["Authorization"] == "Bearer secret")
        }
    }

    @Test func `an answer holds for its time, for its credential alone`() async throws {
        try await self.withBackend({ request, respond in
            let user = request.headers["Cookie"] ?? ""
            respond(Self.json(200, #"{"user":"\#(user)"}"#))
        }) { sessions in
            for _ in 0..<3 { #expect(await self.code(sessions, "a") == "session=a") }
            #expect(await self.code(sessions, "b") == "session=b")
            #expect(self.requests.count == 2)
            self.clock.advance(milliseconds: 26_999)
            #expect(await self.code(sessions, "a") == "session=a" && self.requests.count == 2)
            self.clock.advance(milliseconds: 1)
            #expect(await self.code(sessions, "a") == "session=a" && self.requests.count == 3)
        }
    }

    @Test(arguments: [401, 403, 404])
    func `an unknown session is refused, and soon asked about again (BULK-004)`(status: Int) async throws {
        try await self.withBackend({ _, respond in respond(Self.json(status, "{}")) }) { sessions in
            for _ in 0..<3 { #expect(await self.code(sessions) == "invalidCredentials") }
            #expect(self.requests.count == 1)
            self.clock.advance(milliseconds: 5000)
            #expect(await self.code(sessions) == "invalidCredentials" && self.requests.count == 2)
        }
    }

    @Test func `a session that is over is none`() async throws {
        let body = #"{"user":"ann","expiresAt":"2025-11-05T11:59:59Z"}"#
        try await self.withBackend({ _, respond in respond(Self.json(200, body)) }) { sessions in
            #expect(await self.code(sessions) == "invalidCredentials")
        }
    }

    @Test(arguments: [
        (200, ""), (200, "<html></html>"), (200, "{}"), (200, "[]"), (200, "null"), (200, #"{"user":""}"#),
        (200, #"{"user":7}"#), (200, #"{"user":null}"#), (200, #"{"user":"a","roles":"x"}"#),
        (200, #"{"user":"a","claims":[]}"#), (200, #"{"user":"a","expiresAt":"soon"}"#),
        (200, #"{"user":"a","expiresAt":5}"#),
        (200, #"{"user":"a""#), (200, #"{"user":"\#(String(repeating: "x", count: 256))"}"#),
        (200, #"{"user":"a","pad":"\#(String(repeating: "x", count: 70_000))"}"#),
        (200, String(repeating: "[", count: 60_000)), (201, #"{"user":"a"}"#), (204, ""), (302, #"{"user":"a"}"#),
        (400, "{}"), (500, #"{"user":"a"}"#), (503, "busy"),
    ])
    func `a backend that lies or fails lets nobody in, and says nothing about sessions`(
        status: Int, body: String
    ) async throws {
        try await self.withBackend({ _, respond in respond(Self.json(status, body)) }) { sessions in
            #expect(await self.code(sessions) == "unavailable")
            #expect(await self.code(sessions) == "unavailable")
            #expect(self.requests.count == 2, "asked again: the next answer may be good")
        }
    }

    @Test func `a backend that is silent is given up in time`() async throws {
        let silence = Silence()
        try await self.withBackend(deadline: 300, silence.hear) { sessions in
            let start = ContinuousClock.now
            #expect(await self.code(sessions) == "unavailable")
            #expect(ContinuousClock.now - start < .seconds(30))
            silence.end()
        }
    }

    @Test func `a backend that is down is unavailable`() async throws {
        let address = try #require(BackendAddress("http://127.0.0.1:1/"))
        let sessions = AskedSessions(
            address, backends: try self.backends(), rules: .init(), clock: self.clock, log: { _ in })
        #expect(await self.code(sessions) == "unavailable")
    }

    @Test func `all who ask about one credential at once share a request`() async throws {
        let waiting = Mutex<[@Sendable (HTTPResponse) -> Void]>([])
        try await self.withBackend({ _, respond in waiting.withLock { $0.append(respond) } }) { sessions in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { await self.code(sessions) } }
                while waiting.withLock({ $0.isEmpty }) { await Task.yield() }
                // Whoever comes later gets the kept answer; either way there is one request.
                for respond in waiting.withLock({ $0 }) { respond(Self.json(200, Self.user)) }
                for try await code in group { #expect(code == "ann") }
            }
            #expect(self.requests.count == 1)
        }
    }

    @Test func `only so many requests are made at a time, and all are made in the end`() async throws {
        struct Backend {
            var waiting: [@Sendable (HTTPResponse) -> Void] = []
            var mostAtOnce = 0
        }
        let backend = Mutex(Backend())
        let count = AskedSessions.maximumRunning * 3
        try await self.withBackend(
            deadline: 30_000,
            { _, respond in
                backend.withLock {
                    $0.waiting.append(respond)
                    $0.mostAtOnce = max($0.mostAtOnce, $0.waiting.count)
                }
            }
        ) { sessions in
            let answered = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    group.addTask {
                        #expect(await self.code(sessions, "s\(number)") == "ann")
                        answered.count.add(1, ordering: .relaxed)
                    }
                }
                // As many as may be under way, before the first is answered.
                while backend.withLock({ $0.waiting.count < AskedSessions.maximumRunning }) { await Task.yield() }
                while answered.count.load(ordering: .relaxed) < count {
                    let next = backend.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
                    if let next { next(Self.json(200, Self.user)) } else { await Task.yield() }
                }
                try await group.waitForAll()
            }
            #expect(backend.withLock { $0.mostAtOnce } == AskedSessions.maximumRunning)
            #expect(self.requests.count == count)
        }
    }

    @Test func `nobody waits longer than the deadline, in line or not`() async throws {
        let count = AskedSessions.maximumRunning * 3
        let silence = Silence()
        try await self.withBackend(deadline: 1000, silence.hear) { sessions in
            await withTaskGroup(of: String.self) { group in
                for number in 0..<count { group.addTask { await self.code(sessions, "s\(number)") } }
                for await code in group { #expect(code == "unavailable") }
            }
            #expect(self.requests.count > 0)
            silence.end()
        }
    }

    private final class Tally: Sendable {
        let count = Atomic(0)
    }
}
