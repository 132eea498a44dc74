// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import NIOCore
import Realtime
import Synchronization

/// Answers calls in place of apps, as a scenario says; what it says nothing of goes to the apps themselves.
final class MockCalls: AppCalls {
    private let apps: any AppCalls
    private let reactions: [ScenarioReaction]
    private let gate: MockGate
    private let clock: any WallClock
    /// What answers have counted so far.
    private let memory: Mutex<ScenarioMemory>
    /// Takes the steps that follow from a call, with what the client sent.
    private let follow: @Sendable (ScenarioReaction, [String: JSONDocument]) -> Void

    init(
        _ apps: any AppCalls, scenario: Scenario, gate: MockGate, clock: any WallClock,
        follow: @escaping @Sendable (ScenarioReaction, [String: JSONDocument]) -> Void
    ) {
        self.apps = apps
        self.reactions = scenario.reactions.filter { if case .call = $0.trigger { true } else { false } }
        self.gate = gate
        self.clock = clock
        var memory = ScenarioMemory(seed: scenario.seed, name: "answers")
        memory.set(scenario.variables, now: clock.now())
        self.memory = Mutex(memory)
        self.follow = follow
    }

    /// What becomes of one call.
    private struct Decision: Sendable {
        var result: Result<[UInt8], RequestError>
        var delay: TimeAmount
    }

    func call(
        _ call: AppCall, on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<[UInt8], RequestError>) -> Void
    ) {
        let variables = Self.variables(of: call)
        let args = variables["args"]?.root
        guard
            let reaction = self.reactions.first(where: {
                $0.answers(to: call.event, args: args, app: call.app.id)
            })
        else { return self.apps.call(call, on: eventLoop, completion: completion) }
        let decision = self.decide(reaction, call, variables)
        eventLoop.scheduleTask(in: decision.delay) { completion(decision.result) }
        if !reaction.steps.isEmpty { self.follow(reaction, variables) }
    }

    private func decide(
        _ reaction: ScenarioReaction, _ call: AppCall, _ variables: [String: JSONDocument]
    ) -> Decision {
        let now = self.clock.now()
        return self.memory.withLock { memory in
            for (name, value) in variables { memory[name] = value }
            var delay = reaction.after.map { TimeAmount.milliseconds(memory.duration(in: $0)) } ?? .zero
            if let slow = self.gate.delay { delay = delay + slow }
            let deadline = TimeAmount.milliseconds(call.rules.deadline)
            let failure = reaction.failure.map { memory.text($0, now: now) }
            let name = "the app \"\(call.app.id)\""
            switch failure.flatMap(ScenarioReaction.Failure.init) ?? .no {
            case .late: delay = deadline
            case .unavailable:
                let error = RequestError(.appUnavailable, "\(name) cannot be reached", reason: "unreachable")
                return Decision(result: .failure(error), delay: delay)
            case .failed:
                let error = RequestError(.appFailed, "\(name) answered with the status 500", reason: "failed")
                return Decision(result: .failure(error), delay: delay)
            case .no: break
            }
            guard delay < deadline else {
                let error = RequestError(.appUnavailable, "\(name) did not answer in time", reason: "late")
                return Decision(result: .failure(error), delay: deadline)
            }
            let answer = reaction.answer.flatMap { memory.document($0, now: now) }
            return Decision(result: .success(answer?.bytes ?? Array("null".utf8)), delay: delay)
        }
    }

    /// `args`, `user` and `event`, and as `call` all that the app is told.
    private static func variables(of call: AppCall) -> [String: JSONDocument] {
        guard let body = try? JSONDocument(parsing: call.body) else { return [:] }
        var variables = ["call": body]
        for (name, key) in [("args", "data"), ("user", "user"), ("event", "event")] {
            guard let node = body.root[key] else { continue }
            variables[name] = try? JSONDocument(parsing: Array(node.rawBytes))
        }
        return variables
    }

    // MARK: Apps that are there

    func opened(_ connection: any AppConnection) { self.apps.opened(connection) }
    func closed(_ connection: any AppConnection) { self.apps.closed(connection) }
    func ignoredAnswer(of app: String) { self.apps.ignoredAnswer(of: app) }
    func recheck(_ apps: AppTable) { self.apps.recheck(apps) }
}
