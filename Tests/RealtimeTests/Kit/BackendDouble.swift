// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Realtime
import Synchronization

/// A backend whose answers a test gives: by a rule at once, or later one by one.
final class BackendDouble: BackendPoster {
    typealias Answer = Result<BackendAnswer, BackendFailure>

    struct Waiting: Sendable {
        var message: BackendMessage
        var completion: @Sendable (Answer) -> Void
    }

    private struct State {
        var messages: [BackendMessage] = []
        var waiting: [Waiting] = []
        /// `nil`: it waits for `answerNext`.
        var rule: @Sendable (BackendMessage) -> Answer?
    }

    private let state: Mutex<State>

    init(_ rule: @escaping @Sendable (BackendMessage) -> Answer? = { _ in .success(BackendAnswer(status: 200)) }) {
        self.state = Mutex(State(rule: rule))
    }

    func setRule(_ rule: @escaping @Sendable (BackendMessage) -> Answer?) { self.state.withLock { $0.rule = rule } }

    func post(
        _ message: BackendMessage, on eventLoop: any EventLoop, completion: @escaping @Sendable (Answer) -> Void
    ) {
        let rule = self.state.withLock { state in
            state.messages.append(message)
            return state.rule
        }
        guard let answer = rule(message) else {
            return self.state.withLock { $0.waiting.append(Waiting(message: message, completion: completion)) }
        }
        eventLoop.execute { completion(answer) }
    }

    var messages: [BackendMessage] { self.state.withLock { $0.messages } }
    var bodies: [String] { self.messages.map { String(decoding: $0.body, as: UTF8.self) } }
    var waiting: [BackendMessage] { self.state.withLock { $0.waiting.map(\.message) } }

    func forget() { self.state.withLock { $0.messages = [] } }

    /// Answers the oldest message that waits, on the calling thread.
    func answerNext(_ answer: Answer = .success(BackendAnswer(status: 200))) {
        let next = self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        next?.completion(answer)
    }
}

extension BackendMessage {
    var text: String { String(decoding: self.body, as: UTF8.self) }
}
