// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Gathers the answers to one broadcast from all loops.
final class AnswerCollector: Sendable {
    private let state: Mutex<State>
    private let completion: @Sendable (Result<[SocketValue], any Error>) -> Void

    private struct State {
        /// Loops that have not said how many they asked.
        var unheardLoops: Int
        var asked = 0
        var answered = 0
        var answers: [SocketValue] = []
        var isDone = false

        var isComplete: Bool { self.unheardLoops == 0 && self.answered >= self.asked }
    }

    /// - Parameter completion: called once.
    init(loopCount: Int, _ completion: @escaping @Sendable (Result<[SocketValue], any Error>) -> Void) {
        self.state = Mutex(State(unheardLoops: loopCount))
        self.completion = completion
    }

    /// A loop has asked so many clients.
    func asked(_ count: Int) {
        self.change { state in
            state.unheardLoops -= 1
            state.asked += count
        }
    }

    /// A client has answered. One that has left counts as silent.
    func answered(_ answer: Result<[SocketValue], SocketAnswerError>) {
        guard case .success(let arguments) = answer else { return }
        self.change { state in
            state.answered += 1
            state.answers.append(arguments.first ?? .null)
        }
    }

    /// The time is over.
    ///
    /// - Returns: whether answers were missing.
    @discardableResult
    func end() -> Bool {
        let result: Result<[SocketValue], any Error>? = self.state.withLock { state in
            guard !state.isDone else { return nil }
            state.isDone = true
            return state.isComplete
                ? .success(state.answers) : .failure(SocketAnswerError(.timedOut, answers: state.answers))
        }
        guard let result else { return false }
        self.completion(result)
        return true
    }

    private func change(_ body: (inout State) -> Void) {
        let answers: [SocketValue]? = self.state.withLock { state in
            guard !state.isDone else { return nil }
            body(&state)
            state.isDone = state.isComplete
            return state.isDone ? state.answers : nil
        }
        if let answers { self.completion(.success(answers)) }
    }
}
