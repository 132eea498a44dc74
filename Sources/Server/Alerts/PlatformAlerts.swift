// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTPAPI
import JSON
import Logging
import NIOCore
import Realtime
import Synchronization

/// Looks at a platform's figures as often as its alerts want it, and says when one goes past its limit and when it is well again: as
/// a metric, a line of the log and, where the contract names one, a webhook. Safe from any thread.
final class PlatformAlerts: Sendable {
    /// Until the rules of a reload are noticed.
    private static let restingInterval: Int64 = 3000

    private struct State {
        var watches: [AlertWatch] = []
        var hasEnded = false
    }

    private let platform: Platform
    private let eventLoop: any EventLoop
    private let messages: AlertMessages
    private let node: String
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter eventLoop: one of the client's.
    init(_ platform: Platform, backends: BackendClient, on eventLoop: any EventLoop, node: String, logger: Logger) {
        self.platform = platform
        self.eventLoop = eventLoop
        self.messages = AlertMessages(backends, on: eventLoop, logger: logger)
        self.node = node
        self.logger = logger
    }

    /// Which alerts there are, and whether each is raised.
    var raised: [(figure: AlertRule.Figure, isRaised: Bool)] {
        self.state.withLock { $0.watches.map { ($0.rule.figure, $0.isRaised) } }
    }

    func start() { self.eventLoop.execute { self.look() } }

    /// The clients that now go are told to.
    func end() { self.state.withLock { $0.hasEnded = true } }

    private func look() {
        let rules = self.platform.definition.alerts
        let (hasEnded, dropped) = self.state.withLock { state in
            let dropped = state.watches.filter { watch in
                watch.isRaised && !rules.contains { $0.figure == watch.rule.figure }
            }
            state.watches = rules.map { rule in
                var watch = state.watches.first { $0.rule.figure == rule.figure } ?? AlertWatch(rule)
                watch.rule = rule
                return watch
            }
            return (state.hasEnded, dropped)
        }
        guard !hasEnded else { return }
        let interval = rules.map(\.interval).min() ?? Self.restingInterval
        if !rules.isEmpty || !dropped.isEmpty {
            self.platform.statistics(gatheredOn: self.eventLoop).whenSuccess {
                self.clear(dropped, $0)
                self.look(at: $0)
            }
        }
        self.eventLoop.scheduleTask(in: .milliseconds(interval)) { self.look() }
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    private func look(at statistics: LoopStatistics) {
        let now = Self.now
        let changes = self.state.withLock { state -> [(AlertRule, AlertWatch.Change)] in
            guard !state.hasEnded else { return [] }
            return state.watches.indices.compactMap { index in
                let rule = state.watches[index].rule
                return state.watches[index].look(at: statistics.total(of: rule.figure), now: now).map { (rule, $0) }
            }
        }
        for (rule, change) in changes { self.tell(rule, change) }
    }

    /// The contract no longer has these alerts, which are raised: whoever was told of them would wait for their end for ever.
    private func clear(_ dropped: [AlertWatch], _ statistics: LoopStatistics) {
        for var watch in dropped {
            let rule = watch.rule
            watch.rule.above.count = .max
            watch.rule.below = .max
            if let change = watch.look(at: statistics.total(of: rule.figure), now: Self.now) { self.tell(rule, change) }
        }
    }

    private func tell(_ rule: AlertRule, _ change: AlertWatch.Change) {
        let limit = Self.text(rule.above.count, rule)
        switch change {
        case .raised(let count):
            self.logger.warning(
                "alert \(rule.figure.rawValue): \(Self.text(Int(clamping: count), rule)), above \(limit)")
        case .cleared(let count, let after):
            self.logger.notice(
                "alert \(rule.figure.rawValue) is over after \(after / 1000) s: \(Self.text(Int(clamping: count), rule))"
            )
        }
        if let webhook = rule.webhook { self.messages.send(self.message(rule, change), to: webhook) }
    }

    /// `{"type":"alert.raised","timestamp":"…Z","data":{"platform","node","alert","count","above","below","seconds"}}`, where `seconds`
    /// is the time in which `count`, `above` and `below` are counted.
    private func message(_ rule: AlertRule, _ change: AlertWatch.Change) -> [UInt8] {
        let (type, count) =
            switch change {
            case .raised(let count): ("alert.raised", count)
            case .cleared(let count, _): ("alert.cleared", count)
            }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, text) in [("type", type), ("timestamp", "\(self.platform.clock.now())")] {
            writer.key(key)
            writer.string(text)
        }
        writer.key("data")
        writer.beginObject()
        for (key, text) in [("platform", self.platform.definition.name), ("node", self.node)] {
            writer.key(key)
            writer.string(text)
        }
        writer.key("alert")
        writer.string(rule.figure.rawValue)
        let numbers = [
            ("count", Int(clamping: count)), ("above", rule.above.count), ("below", rule.below),
            ("seconds", Int(rule.above.window / 1000)),
        ]
        for (key, number) in numbers {
            writer.key(key)
            writer.int(number)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static func text(_ count: Int, _ rule: AlertRule) -> String {
        let unit =
            switch rule.above.window {
            case 1000: "s"
            case 3_600_000: "h"
            default: "min"
            }
        return "\(count)/\(unit)"
    }
}
