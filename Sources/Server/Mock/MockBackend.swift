// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Contract
import JSON
import Logging
import NIOCore
package import Realtime
import Synchronization

/// Stands in for a platform's backend: plays its scenario, or, without one, gives the examples' channels members and records, and then
/// publishes the contract's examples, one after the other, for ever. Threads: any.
package final class MockBackend: Sendable {
    private static let interval: TimeAmount = .seconds(1)

    package let platform: Platform
    package let scenario: Scenario?
    let gate: MockGate
    private let examples: ExamplePublications
    private let next: NIOLoopBoundBox<Int>
    private let player: NIOLoopBoundBox<ScenarioPlayer?>
    private let logger: Logger
    private let credentials: MockCredentials
    private let isHeld = Atomic(false)
    private let publishedCount = Atomic(0)

    /// - Parameter gate: through which what is broken on purpose reaches connections.
    init(_ platform: Platform, scenario: Scenario?, gate: MockGate, logger: Logger) {
        self.platform = platform
        self.scenario = scenario
        self.gate = gate
        self.logger = logger
        self.examples = ExamplePublications(platform.definition)
        self.next = .makeBoxSendingValue(0, eventLoop: platform.eventLoops[0])
        self.player = .makeEmptyBox(eventLoop: platform.eventLoops[0])
        self.credentials = MockCredentials(platform)
    }

    private var eventLoop: any EventLoop { self.platform.eventLoops[0] }

    /// Returns when the platform keeps what the scenario wants it to keep, and the tracks have begun.
    func start() async {
        guard let scenario else { return self.startExamples() }
        let calls = self.platform.appServices.calls.map { apps in
            MockCalls(apps, scenario: scenario, gate: self.gate, clock: self.platform.clock) { reaction, variables in
                self.follow(reaction, variables)
            }
        }
        if let calls { self.platform.appServices.exchange(calls) }
        self.watchCommands(scenario)
        await withCheckedContinuation { continuation in
            self.eventLoop.execute {
                let player = ScenarioPlayer(scenario, self.platform, gate: self.gate, logger: self.logger)
                self.player.value = player
                player.start { continuation.resume() }
            }
        }
    }

    /// No step is taken any more.
    func stop() {
        self.platform.commandWatch.exchange(nil)
        self.eventLoop.execute {
            self.player.value?.stop()
            self.player.value = nil
        }
    }

    /// What this user connects with: a token, or a session; `nil` where the server makes none.
    package func credential(of user: Scenario.User) async -> String? { await self.credentials.credential(of: user) }

    // MARK: Reactions

    private func watchCommands(_ scenario: Scenario) {
        let reactions = scenario.reactions.filter { if case .command = $0.trigger { true } else { false } }
        guard !reactions.isEmpty else { return }
        self.platform.commandWatch.exchange { name, args, identity in
            guard let reaction = reactions.first(where: { $0.answers(to: name, args: args) }) else { return }
            var variables: [String: JSONDocument] = [:]
            variables["args"] = args.flatMap { try? JSONDocument(parsing: Array($0.rawBytes)) }
            variables["event"] = Self.document { $0.string(name) }
            variables["user"] = Self.document { writer in
                guard let identity else { return writer.null() }
                writer.beginObject()
                writer.key("id")
                writer.string(identity.user.rawValue)
                if let name = identity.name {
                    writer.key("name")
                    writer.string(name)
                }
                writer.endObject()
            }
            self.follow(reaction, variables)
        }
    }

    private func follow(_ reaction: ScenarioReaction, _ variables: [String: JSONDocument]) {
        self.eventLoop.execute {
            let name = "on line \(reaction.location.line)"
            let track = Scenario.Track(name: name, steps: reaction.steps, location: reaction.location)
            self.player.value?.begin(track, variables: variables, isHasty: true)
        }
    }

    private static func document(_ write: (inout JSONWriter) -> Void) -> JSONDocument? {
        var writer = JSONWriter()
        write(&writer)
        return try? JSONDocument(parsing: writer.bytes)
    }

    /// Something with the player, on the loop that owns it; `nil` without a scenario, or when the server goes down.
    func withPlayer<Value: Sendable>(
        _ body: @escaping @Sendable (ScenarioPlayer) -> Value
    ) -> EventLoopFuture<Value?> {
        self.eventLoop.submit { self.player.value.map(body) }
    }

    // MARK: Examples

    var areExamplesHeld: Bool { self.isHeld.load(ordering: .relaxed) }

    var exampleCount: Int { self.publishedCount.load(ordering: .relaxed) }

    func holdExamples(_ isHeld: Bool) { self.isHeld.store(isHeld, ordering: .relaxed) }

    private func startExamples() {
        guard self.examples.count > 0 else { return }
        let members = self.examples.members
        if !members.isEmpty { self.platform.change(members) { _ in } }
        let now = self.platform.clock.now()
        self.platform.publish(self.examples.founding.compactMap { self.examples.request(at: $0, now: now) }) { _ in }
        self.eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            guard !self.areExamplesHeld else { return }
            guard let request = self.examples.request(at: self.next.value, now: self.platform.clock.now()) else {
                return
            }
            self.next.value += 1
            self.publishedCount.add(1, ordering: .relaxed)
            self.platform.publish([request]) { _ in }
        }
    }
}
