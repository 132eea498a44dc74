// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import BackendClient
import HTTP
import JSON
package import Logging
package import NIOCore
package import Realtime
import Synchronization

/// Brings one platform's calls to its apps: over a connection of the app's own if it has one, otherwise as a signed POST to its webhook.
/// Threads: any.
///
/// What was certainly not sent is tried once more. Each app has so many calls under way at most, and one that fails again and again is
/// left alone for a while; both are told to clients at once.
package final class AppDispatcher: AppCalls {
    /// An answer's.
    package static let maximumAnswerByteCount = 64 * 1024
    /// Before a webhook that could not be reached is tried again: it may be starting.
    private static let retryDelay = TimeAmount.milliseconds(100)

    private let client: BackendClient
    private let clock: any WallClock
    private let logger: Logger
    private let lines = Mutex<[String: CallLine]>([:])

    /// - Parameter logger: told when an app stops answering and when it answers again.
    package init(_ client: BackendClient, clock: any WallClock = SystemClock(), logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// A call under way.
    private struct Attempt: Sendable {
        let call: AppCall
        let eventLoop: any EventLoop
        let startedAt: NIODeadline
        let deadline: NIODeadline
        /// Whether an app that is left alone is asked again depends on it.
        let decides: Bool
        var isRetry = false
        let completion: @Sendable (Result<[UInt8], RequestError>) -> Void
    }

    // MARK: Calls

    package func call(
        _ call: AppCall, on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<[UInt8], RequestError>) -> Void
    ) {
        let now = NIODeadline.now()
        let admitted = self.lines.withLock { $0[call.app.id, default: CallLine()].admit(call, at: now) }
        switch admitted {
        case .failure(let refusal):
            var error = RequestError(refusal.fault, of: call.app)
            error.retryAfter = refusal.wait
            completion(.failure(error))
        case .success(let (route, decides)):
            let attempt = Attempt(
                call: call, eventLoop: eventLoop, startedAt: now, deadline: now + .milliseconds(call.rules.deadline),
                decides: decides, completion: completion)
            self.send(attempt, route)
        }
    }

    private func send(_ attempt: Attempt, _ route: CallLine.Route?) {
        switch route {
        case .connection(let connection): self.send(attempt, on: connection)
        case .webhook(let hook): self.post(attempt, to: hook)
        case nil: self.end(attempt, .failure(CallFault(.unreachable, "is not connected and has no webhook")))
        }
    }

    private func send(_ attempt: Attempt, on connection: any AppConnection) {
        connection.send(attempt.call, deadline: attempt.deadline) { outcome in
            let hop = { @Sendable in
                self.lines.withLock { $0[attempt.call.app.id]?.leave(connection) }
                self.finish(attempt, on: connection, outcome)
            }
            if attempt.eventLoop.inEventLoop { hop() } else { attempt.eventLoop.execute(hop) }
        }
    }

    private func finish(_ attempt: Attempt, on connection: any AppConnection, _ outcome: AppConnectionOutcome) {
        switch outcome {
        case .answered(let text): self.end(attempt, Self.checked(text[...]))
        case .failed(let message): self.end(attempt, .failure(CallFault(.failed, message)))
        case .late: self.end(attempt, .failure(CallFault(.late, "did not answer in time")))
        case .lost: self.end(attempt, .failure(CallFault(.lost, "ended the connection without an answer")))
        case .unsent:
            guard !attempt.isRetry else {
                return self.end(attempt, .failure(CallFault(.unreachable, "cannot be reached")))
            }
            var attempt = attempt
            attempt.isRetry = true
            let app = attempt.call.app
            self.send(attempt, self.lines.withLock { $0[app.id]?.route(of: app, but: connection) })
        }
    }

    private func post(_ attempt: Attempt, to hook: CallLine.Hook) {
        let request = BackendRequest.signed(
            hook.signature, hook.address, id: attempt.call.id, time: self.clock.now().milliseconds / 1000,
            body: attempt.call.body, deadline: attempt.deadline,
            maximumAnswerByteCount: Self.maximumAnswerByteCount)
        self.client.send(request, on: attempt.eventLoop).whenComplete { result in
            switch result {
            case .success(let response): self.end(attempt, Self.answer(of: response))
            case .failure(let fault as BackendFault)
            where fault.isUnsent && !attempt.isRetry && .now() + Self.retryDelay < attempt.deadline:
                var attempt = attempt
                attempt.isRetry = true
                attempt.eventLoop.scheduleTask(in: Self.retryDelay) { [attempt] in self.post(attempt, to: hook) }
            case .failure(let fault): self.end(attempt, .failure(CallFault(fault)))
            }
        }
    }

    private func end(_ attempt: Attempt, _ result: Result<[UInt8], CallFault>) {
        let app = attempt.call.app
        let now = NIODeadline.now()
        let outcome = if case .failure(let fault) = result { fault.outcome } else { CallOutcome.answered }
        let change = self.lines.withLock { lines -> CallCircuit.Change? in
            lines[app.id]?.end(attempt.call, outcome, decides: attempt.decides, since: attempt.startedAt, at: now)
        }
        if case .failure(let fault) = result {
            self.report(change, of: app, fault)
            attempt.completion(.failure(RequestError(fault, of: app)))
        } else {
            self.report(change, of: app)
            attempt.completion(result.mapError { RequestError($0, of: app) })
        }
    }

    private func report(_ change: CallCircuit.Change?, of app: App, _ fault: CallFault? = nil) {
        switch change {
        case .stopped:
            self.logger.warning(
                "the app \"\(app.id)\" \(fault?.message ?? "does not answer"), and is left alone for a while")
        case .answersAgain: self.logger.notice("the app \"\(app.id)\" answers again")
        case nil: break
        }
    }

    // MARK: Answers

    private static func answer(of response: HTTPResponse) -> Result<[UInt8], CallFault> {
        let code = response.status.code
        switch code {
        case 200..<300: return self.checked(response.body.readableBytesView[...])
        case 300..<400: return .failure(CallFault(.failed, "answered with a redirect (\(code))"))
        case 400..<500: return .failure(CallFault(.refused, "refused the call (\(code))"))
        default: return .failure(CallFault(.failed, "answered with the status \(code)"))
        }
    }

    private static func checked(_ text: some Collection<UInt8>) -> Result<[UInt8], CallFault> {
        let text = Array(text)
        guard (try? JSONDocument(parsing: text)) != nil else {
            return .failure(CallFault(.failed, "answered with something that is no JSON"))
        }
        return .success(text)
    }

    // MARK: Connections

    package func opened(_ connection: any AppConnection) {
        let change = self.lines.withLock { lines -> CallCircuit.Change? in
            lines[connection.app.id, default: CallLine()].add(connection)
            return lines[connection.app.id]?.circuit.reset()
        }
        self.report(change, of: connection.app)
    }

    package func closed(_ connection: any AppConnection) {
        self.lines.withLock { $0[connection.app.id]?.remove(connection) }
    }

    package func ignoredAnswer(of app: String) { self.lines.withLock { $0[app]?.figures.ignoredAnswers += 1 } }

    package func recheck(_ apps: AppTable) {
        let known = Dictionary(apps.all.map { ($0.id, $0.keyHash) }) { first, _ in first }
        let ended = self.lines.withLock { lines in
            let connections = lines.values.flatMap { $0.connections.map(\.connection) }
            for (id, line) in lines where known[id] == nil && line.underWay == 0 && line.connections.isEmpty {
                lines[id] = nil
            }
            return connections.filter { known[$0.app.id] != .some($0.app.keyHash) }
        }
        for connection in ended { connection.end() }
    }

    // MARK: Figures

    /// By app, sorted.
    package var figures: [(app: String, figures: CallFigures)] {
        let lines = self.lines.withLock { $0 }
        return lines.sorted { $0.key < $1.key }.map { id, line in
            var figures = line.figures
            figures.connections = line.connections.count
            figures.isPaused = line.circuit.state != .closed
            return (id, figures)
        }
    }
}

/// Why a call is not even tried.
private struct Refusal: Error {
    var fault: CallFault
    var wait: Int64?
}

extension CallLine {
    fileprivate mutating func admit(
        _ call: AppCall, at now: NIODeadline
    ) -> Result<(route: Route?, decides: Bool), Refusal> {
        guard self.underWay < call.rules.concurrency else {
            self.figures.counts[.busy, default: 0] += 1
            return .failure(Refusal(fault: CallFault(.busy, "has too many calls under way")))
        }
        guard let decides = self.circuit.admit(at: now) else {
            self.figures.counts[.paused, default: 0] += 1
            let fault = CallFault(.paused, "does not answer at the moment")
            return .failure(Refusal(fault: fault, wait: self.circuit.wait(at: now)))
        }
        self.begin()
        return .success((self.route(of: call.app), decides))
    }

    fileprivate mutating func end(
        _ call: AppCall, _ outcome: CallOutcome, decides: Bool, since startedAt: NIODeadline, at now: NIODeadline
    ) -> CallCircuit.Change? {
        self.end()
        self.figures.counts[outcome, default: 0] += 1
        if outcome == .answered { self.figures.times.record(microseconds: (now - startedAt).nanoseconds / 1000) }
        return self.circuit.end(outcome, of: call.caller, decides: decides, rules: call.rules, at: now)
    }
}

extension RequestError {
    fileprivate init(_ fault: CallFault, of app: App) {
        self.init(
            fault.outcome.code, "the app \"\(app.id)\" \(fault.message)", reason: fault.outcome.rawValue)
    }
}
