// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import NIOCore
import Realtime

/// Watches those services of a platform that belong to one event loop. Owned by that loop.
final class MonitorLoop {
    /// Services of one platform on one loop; more are refused.
    static let maximumCount = 100_000

    struct Due {
        var service: WatchedService
        var turn: UInt32
        var at: NIODeadline
        var isHurried: Bool
    }

    let eventLoop: any EventLoop
    let platform: Platform
    let client: BackendClient
    /// With the services of this loop; `nil`: nothing is watched.
    private(set) var rules: MonitorRules?
    var services: [String: WatchedService] = [:]
    var due = DueHeap<Due>()
    var wake: (task: Scheduled<Void>, at: NIODeadline)?
    var questionsUnderWay = 0
    /// States without news, of the last second.
    var refreshes: [String: RecordRefresh] = [:]
    var figures = MonitorFigures()
    /// Services that are being registered or removed, with what comes after.
    var waiting: [String: [() -> Void]] = [:]
    /// The server goes down: what is not heard from now on says nothing of the services.
    private var hasEnded = false

    init(eventLoop: any EventLoop, platform: Platform, client: BackendClient) {
        self.eventLoop = eventLoop
        self.platform = platform
        self.client = client
    }

    func start(_ kept: [ServiceRegistration], _ rules: MonitorRules?) {
        let now = NIODeadline.now()
        for registration in kept { self.services[registration.service.name] = WatchedService(registration, now: now) }
        self.adopt(rules)
    }

    /// Watches by other rules from now on. What the contract has stopped naming is removed, what it names anew is registered; services of
    /// the registry stay.
    func adopt(_ rules: MonitorRules?) {
        guard !self.hasEnded else { return }
        let old = self.rules
        self.rules = rules
        guard let rules else {
            self.due = DueHeap()
            return
        }
        let named = Set(rules.services.map(\.name))
        for service in Array(self.services.values) {
            if service.status == nil { service.status = self.retainedStatus(of: service) }
            if service.registration.origin == .contract && !named.contains(service.name) {
                self.remove(service.name) { self.complain($0, of: service.name) }
            } else if self.interval(of: service, old) != self.interval(of: service) || old?.lost != rules.lost {
                // The others keep their turns: reloads in quick succession must not put off every question.
                self.schedule(service)
            }
        }
        for service in rules.services {
            // Lost or not: a restart is no news.
            let known = self.services[service.name]?.registration
            if let known, known.origin == .contract, known.service == service { continue }
            self.register(service, origin: .contract) { [platform] result in
                guard case .failure(let error) = result else { return }
                platform.report("service \"\(service.name)\" could not be registered: \(error.message)")
            }
        }
    }

    /// Keeps what is still to be kept, and does nothing more.
    func end() {
        self.hasEnded = true
        self.keepRefreshes()
        self.rules = nil
        self.due = DueHeap()
        self.wake?.task.cancel()
        self.wake = nil
    }

    /// Why nothing can be registered or reported.
    var objection: RequestError? {
        if self.hasEnded { return RequestError(.shuttingDown, "the server is going down") }
        return self.rules == nil ? .noMonitor : nil
    }

    /// Never longer than `lost`, so that a service is asked before it counts as lost.
    func interval(of service: WatchedService) -> TimeAmount { self.interval(of: service, self.rules) ?? .seconds(10) }

    private func interval(of service: WatchedService, _ rules: MonitorRules?) -> TimeAmount? {
        rules.map { .milliseconds(min(service.registration.service.every ?? $0.every, $0.lost)) }
    }

    // MARK: What is known

    func state(of service: WatchedService) -> ServiceState {
        ServiceState(
            service.registration, every: self.interval(of: service).nanoseconds / 1_000_000, status: service.status,
            health: service.health, heardAt: service.heardAt)
    }

    var states: [ServiceState] { self.services.values.map { self.state(of: $0) } }

    var currentFigures: MonitorFigures {
        var figures = self.figures
        guard self.rules != nil else { return figures }
        for service in self.services.values { figures.count(service) }
        return figures
    }

    // MARK: Faults

    private func complain(_ result: Result<Void, RequestError>, of name: String) {
        guard case .failure(let error) = result else { return }
        self.platform.report("service \"\(name)\": \(error.message)")
    }

    /// Once for each change, as a service may do the same wrong every second.
    func complain(
        _ error: RequestError, of service: WatchedService,
        _ fault: ReferenceWritableKeyPath<WatchedService, String?> = \.fault
    ) {
        guard service[keyPath: fault] != error.message else { return }
        service[keyPath: fault] = error.message
        self.platform.report("service \"\(service.name)\" is not told of as it should be: \(error.message)")
    }
}

@available(*, unavailable)
extension MonitorLoop: Sendable {}
