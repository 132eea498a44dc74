// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime
import Synchronization
import Testing

@testable import Apps

/// Calls to apps that are connected.
@Suite struct AppConnectionTests {
    /// A connection that does with every call what it is told to.
    private final class Connection: AppConnection {
        let app: App
        private let outcome: AppConnectionOutcome?
        private let waiting = Mutex<[@Sendable (AppConnectionOutcome) -> Void]>([])

        /// - Parameter outcome: `nil`: none yet.
        init(_ app: App, _ outcome: AppConnectionOutcome?) {
            self.app = app
            self.outcome = outcome
        }

        var count: Int { self.waiting.withLock { $0.count } }

        func send(
            _ call: AppCall, deadline: NIODeadline, completion: @escaping @Sendable (AppConnectionOutcome) -> Void
        ) {
            self.waiting.withLock { $0.append(completion) }
            if let outcome { completion(outcome) }
        }

        func end() { for completion in self.waiting.withLock({ $0 }) { completion(.lost) } }
    }

    private static let app = App(id: "app_quiz_v1", keyHash: "k")

    @Test func `what becomes of a call on a connection is told to the client`() async throws {
        let outcomes: [(AppConnectionOutcome, String)] = [
            (.answered(Array("7".utf8)), "7"), (.failed("x"), "appFailed failed"), (.late, "appUnavailable late"),
            (.lost, "appUnavailable lost"), (.unsent, "appUnavailable unreachable"),
        ]
        for (outcome, told) in outcomes {
            try await Calling.with { calling in
                let connection = Connection(Self.app, outcome)
                calling.dispatcher.opened(connection)
                #expect(await calling.call(Self.app) == told)
                #expect(connection.count == 1)
                calling.dispatcher.closed(connection)
                #expect(await calling.call(Self.app) == "appUnavailable unreachable")
                #expect(connection.count == 1)
            }
        }
    }

    @Test func `what was not sent is tried once on another connection`() async throws {
        try await Calling.with { calling in
            let gone = [Connection(Self.app, .unsent), Connection(Self.app, .unsent)]
            for connection in gone { calling.dispatcher.opened(connection) }
            #expect(await calling.call(Self.app) == "appUnavailable unreachable")
            #expect(gone.map(\.count) == [1, 1])
            let there = Connection(Self.app, .answered(Array("1".utf8)))
            calling.dispatcher.closed(gone[1])
            calling.dispatcher.opened(there)
            #expect(await calling.call(Self.app) == "1")
        }
    }

    @Test func `what was not sent goes to the webhook where there is no other connection`() async throws {
        try await WebhookApp.serve({ _, respond in respond(.json(.ok, "2")) }) { app in
            try await Calling.with { calling in
                let gone = Connection(app, .unsent)
                calling.dispatcher.opened(gone)
                #expect(await calling.call(app) == "2")
                #expect(gone.count == 1)
            }
        }
    }

    @Test func `the connection with the fewest calls gets the next`() async throws {
        try await Calling.with { calling in
            let idle = [Connection(Self.app, nil), Connection(Self.app, nil)]
            for connection in idle { calling.dispatcher.opened(connection) }
            await withDiscardingTaskGroup { calls in
                for _ in 0..<6 { calls.addTask { _ = await calling.call(Self.app) } }
                while idle.map(\.count).reduce(0, +) < 6 { await Task.yield() }
                #expect(idle.map(\.count) == [3, 3])
                for connection in idle { connection.end() }
            }
        }
    }

    @Test func `an app that connects is asked at once, however often it has failed`() async throws {
        try await Calling.with { calling in
            for _ in 0..<5 { _ = await calling.call(Self.app) }
            #expect(await calling.call(Self.app) == "appUnavailable paused")
            calling.dispatcher.opened(Connection(Self.app, .answered(Array("1".utf8))))
            #expect(await calling.call(Self.app) == "1")
            #expect(
                calling.lines == [
                    "warning: the app \"app_quiz_v1\" is not connected and has no webhook, and is left alone for a while",
                    "notice: the app \"app_quiz_v1\" answers again",
                ])
        }
    }

    @Test func `an answer that is no JSON is none, and ones that nobody waits for are counted`() async throws {
        try await Calling.with { calling in
            calling.dispatcher.opened(Connection(Self.app, .answered(Array("{".utf8))))
            #expect(await calling.call(Self.app) == "appFailed failed")
            calling.dispatcher.ignoredAnswer(of: Self.app.id)
            calling.dispatcher.ignoredAnswer(of: "unknown")
            #expect(calling.dispatcher.figures.map(\.figures.ignoredAnswers) == [1])
        }
    }
}
