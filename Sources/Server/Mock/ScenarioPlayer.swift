// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Contract
import JSON
import Logging
import NIOCore
import Realtime

/// Plays a scenario on one platform, track beside track. Owned by the platform's first event loop.
final class ScenarioPlayer {
    /// Steps of all tracks together in one second; more wait for the next.
    private static let maximumRate = 2_000
    /// Steps of one track in a row that take no time; then it is the others' turn.
    private static let maximumRowLength = 100
    /// Runs at once: tracks, and moments that were asked for.
    private static let maximumRunCount = 1_000
    private static let endReason = "the scenario ends this connection"
    /// Steps whose failures are told, each once.
    private static let maximumReportCount = 100

    /// One track under way.
    private final class Run {
        let number: Int
        var run: ScenarioRun
        var timer: Scheduled<Void>?
        /// It would go on, were the player not paused.
        var isHeld = false
        var stepCount = 0
        /// It was asked for, by hand or by a client, so that a pause of the tracks does not hold it.
        let isHasty: Bool

        init(_ number: Int, _ run: ScenarioRun, isHasty: Bool) {
            self.number = number
            self.run = run
            self.isHasty = isHasty
        }
    }

    let scenario: Scenario
    private let platform: Platform
    private let gate: MockGate
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let moments: [String: Scenario.Track]
    private var runs: [Int: Run] = [:]
    private var lastNumber = 0
    private(set) var isPaused = false
    private(set) var publishedCount = 0
    private(set) var failedCount = 0
    /// Of runs before the last reset, which are not heard any more.
    private var generation = 0
    private var second: Int64 = 0
    private var secondStepCount = 0
    private var hasReportedRate = false
    private var reported: Set<SourceLocation> = []

    init(_ scenario: Scenario, _ platform: Platform, gate: MockGate, logger: Logger) {
        self.scenario = scenario
        self.platform = platform
        self.gate = gate
        self.logger = logger
        self.eventLoop = platform.eventLoops[0]
        self.moments = Dictionary(scenario.moments.map { ($0.name, $0) }) { first, _ in first }
    }

    // MARK: Control

    /// Sets up what the platform keeps, then begins every track.
    ///
    /// - Parameter completion: runs on this loop, when the tracks have begun.
    func start(_ completion: @escaping @Sendable () -> Void = {}) {
        let records = self.scenario.records.map { StateChange.setRecord(channel: $0.channel, record: $0.record) }
        let members = self.scenario.members.map { StateChange.setMembers(channel: $0.channel, users: $0.users) }
        let generation = self.generation
        let player = NIOLoopBound(self, eventLoop: self.eventLoop)
        guard !(records + members).isEmpty else {
            self.startTracks()
            return completion()
        }
        self.platform.change(records + members) { result in
            player.eventLoop.execute {
                if case .failure(let error) = result {
                    player.value.logger.error("the scenario's members and records could not be kept: \(error.message)")
                }
                if player.value.generation == generation { player.value.startTracks() }
                completion()
            }
        }
    }

    private func startTracks() {
        for track in self.scenario.tracks { self.begin(track, variables: [:]) }
    }

    /// - Returns: the number of the run; `nil` when there are too many.
    @discardableResult
    func begin(_ track: Scenario.Track, variables: [String: JSONDocument], isHasty: Bool = false) -> Int? {
        guard self.runs.count < Self.maximumRunCount else { return nil }
        self.lastNumber += 1
        let now = self.platform.clock.now()
        let isTrack = self.scenario.tracks.contains { $0.name == track.name }
        // What is played again says something else.
        var memory = ScenarioMemory(
            seed: self.scenario.seed, name: isTrack ? track.name : "\(track.name) \(self.lastNumber)")
        memory.set(self.scenario.variables, now: now)
        memory.set(track.defaults, now: now)
        for (name, value) in variables { memory[name] = value }
        let run = Run(
            self.lastNumber, ScenarioRun(track, memory: memory, moments: self.moments), isHasty: isHasty)
        self.runs[run.number] = run
        self.advance(run)
        return run.number
    }

    func pause() {
        guard !self.isPaused else { return }
        self.isPaused = true
        for run in self.runs.values where run.timer != nil && !run.isHasty {
            run.timer?.cancel()
            run.timer = nil
            run.isHeld = true
        }
    }

    func resume() {
        guard self.isPaused else { return }
        self.isPaused = false
        for run in self.runs.values.sorted(by: { $0.number < $1.number }) where run.isHeld {
            run.isHeld = false
            self.advance(run)
        }
    }

    /// Begins anew, as after the start of the server: nothing is broken.
    ///
    /// - Parameter isPaused: the tracks are held before their first step.
    func reset(isPaused: Bool, _ completion: @escaping @Sendable () -> Void) {
        self.stop()
        self.isPaused = isPaused
        self.gate.close()
        self.lastNumber = 0
        self.publishedCount = 0
        self.failedCount = 0
        self.start(completion)
    }

    func stop() {
        self.generation += 1
        for run in self.runs.values { run.timer?.cancel() }
        self.runs = [:]
    }

    /// What is under way, oldest first.
    var underWay: [(number: Int, name: String, steps: Int)] {
        self.runs.values.sorted { $0.number < $1.number }.map { ($0.number, $0.run.name, $0.stepCount) }
    }

    // MARK: Steps

    /// Goes on until something takes time.
    private func advance(_ run: Run) {
        var rowLength = 0
        while self.runs[run.number] === run {
            guard !self.isPaused || run.isHasty else {
                run.isHeld = true
                return
            }
            let clock = Self.clock
            guard rowLength < Self.maximumRowLength else { return self.advance(run, at: clock + 1) }
            rowLength += 1
            guard self.admitStep(at: clock) else { return self.advance(run, at: (self.second + 1) * 1000) }
            let now = self.platform.clock.now()
            switch run.run.next(clock: clock, now: now) {
            case .ended:
                self.runs[run.number] = nil
                return
            case .wait(let time): return self.advance(run, at: time)
            case .step(let step):
                run.stepCount += 1
                guard case .publish(let publication) = step.action else {
                    self.take(step, &run.run.memory, now: now)
                    continue
                }
                return self.publish(publication, step, run, now: now)
            }
        }
    }

    private func advance(_ run: Run, at time: Int64) {
        let player = NIOLoopBound((self, run), eventLoop: self.eventLoop)
        let delay = TimeAmount.milliseconds(max(time - Self.clock, 0))
        run.timer = self.eventLoop.scheduleTask(in: delay) {
            let (player, run) = player.value
            run.timer = nil
            player.advance(run)
        }
    }

    /// Milliseconds since some time in the past.
    private static var clock: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    private func admitStep(at clock: Int64) -> Bool {
        if clock / 1000 != self.second {
            self.second = clock / 1000
            self.secondStepCount = 0
        }
        self.secondStepCount += 1
        guard self.secondStepCount > Self.maximumRate else { return true }
        if !self.hasReportedRate {
            self.hasReportedRate = true
            self.logger.warning(
                "\(self.scenario.file): the scenario wants more than \(Self.maximumRate) steps a second, and is slowed down"
            )
        }
        return false
    }

    private func publish(
        _ publication: ScenarioStep.Publication, _ step: ScenarioStep, _ run: Run, now: Timestamp
    ) {
        let player = NIOLoopBound((self, run), eventLoop: self.eventLoop)
        let location = step.location
        let generation = self.generation
        let finish = { @Sendable (error: RequestError?) in
            // Always later, so that a track without a pause keeps nobody from the loop.
            player.eventLoop.execute {
                let (player, run) = player.value
                guard player.generation == generation else { return }
                player.note(error, at: location)
                player.advance(run)
            }
        }
        guard let request = self.request(publication, &run.run.memory, now: now) else {
            return finish(RequestError(.invalidPayload, "its payload has become too large"))
        }
        guard let id = publication.app else {
            return self.platform.publish([request]) { result in
                switch result {
                case .success: finish(nil)
                case .failure(let failure): finish(failure.error)
                }
            }
        }
        guard let app = self.platform.apps.app(id) else {
            return finish(RequestError(.unknownApp, "there is no app \"\(id)\""))
        }
        self.platform.publish(request, by: app, key: nil) { result in
            switch result {
            case .success: finish(nil)
            case .failure(let error): finish(error)
            }
        }
    }

    private func request(
        _ publication: ScenarioStep.Publication, _ memory: inout ScenarioMemory, now: Timestamp
    ) -> PublishRequest? {
        guard let data = memory.document(publication.data, now: now) else { return nil }
        return PublishRequest(
            event: publication.event, data: data.root,
            channels: publication.channels?.map { memory.text($0, now: now) },
            users: publication.users?.map { memory.text($0, now: now) },
            id: publication.id.map { memory.text($0, now: now) })
    }

    private func note(_ error: RequestError?, at location: SourceLocation) {
        guard let error else {
            self.publishedCount += 1
            return
        }
        self.failedCount += 1
        guard self.reported.count < Self.maximumReportCount, self.reported.insert(location).inserted else { return }
        self.logger.warning("\(location): the event was not published: \(error.message)")
    }

    private func take(_ step: ScenarioStep, _ memory: inout ScenarioMemory, now: Timestamp) {
        switch step.action {
        case .disconnect(let user):
            guard let user else {
                return self.platform.disconnectAll(.normal, reason: Self.endReason)
            }
            _ = self.platform.disconnect(
                user: UserID(memory.text(user, now: now)), gatheredOn: self.eventLoop)
        case .outage(let outage):
            self.gate.open(outage, on: self.eventLoop)
            if let code = outage.close {
                self.platform.disconnectAll(CloseCode(rawValue: code), reason: Self.endReason)
            }
        default: break
        }
    }
}
