// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import BackendClient
package import NIOCore
package import Realtime

/// Watches the services of one platform: asks those that have an address for their health, takes the reports of the others, and publishes
/// what has changed. What it knows is kept by the platform's engine.
///
/// Each service belongs to one of the platform's event loops, by its name: everything about it happens there, in order.
package final class PlatformMonitor: ServiceMonitor {
    private let platform: Platform
    private let loops: [NIOLoopBoundBox<MonitorLoop>]

    /// - Parameter client: on the platform's event loops.
    package init(_ platform: Platform, client: BackendClient) {
        self.platform = platform
        self.loops = platform.eventLoops.map { eventLoop in
            .makeBoxSendingValue(
                MonitorLoop(eventLoop: eventLoop, platform: platform, client: client), eventLoop: eventLoop)
        }
    }

    /// Takes up what was kept, and begins to ask.
    package func start() {
        let kept = self.platform.monitoring.takeKept()
        let rules = self.platform.definition.monitor
        self.onEveryLoop { index, loop in
            loop.start(kept.filter { self.index(of: $0.service.name) == index }, self.part(index, of: rules))
        }
    }

    /// Goes on by what the platform's contract says now.
    package func adopt() {
        let rules = self.platform.definition.monitor
        self.onEveryLoop { index, loop in loop.adopt(self.part(index, of: rules)) }
    }

    /// Asks nobody any more. What services do while the server goes down is no news of them.
    package func end() async {
        for loop in self.loops { try? await loop.eventLoop.submit { loop.value.end() }.get() }
    }

    package func figures(gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<MonitorFigures> {
        let futures = self.loops.map { loop in loop.eventLoop.submit { loop.value.currentFigures } }
        return EventLoopFuture.whenAllSucceed(futures, on: eventLoop).map { $0.reduce(MonitorFigures(), +) }
    }

    // MARK: The registry

    package func register(
        _ service: MonitoredService, completion: @escaping @Sendable (Result<ServiceState, RequestError>) -> Void
    ) {
        self.onLoop(of: service.name) { $0.register(service, origin: .registry, completion: completion) }
    }

    package func unregister(_ name: String, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void) {
        self.onLoop(of: name) { $0.unregister(name, completion: completion) }
    }

    package func report(
        _ health: ServiceHealth, of name: String,
        completion: @escaping @Sendable (Result<ServiceState, RequestError>) -> Void
    ) {
        self.onLoop(of: name) { $0.report(health, of: name, completion: completion) }
    }

    package func services(gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<[ServiceState]?> {
        guard self.platform.definition.monitor != nil else { return eventLoop.makeSucceededFuture(nil) }
        let futures = self.loops.map { loop in loop.eventLoop.submit { loop.value.states } }
        return EventLoopFuture.whenAllSucceed(futures, on: eventLoop).map { $0.flatMap(\.self) }
    }

    // MARK: Loops

    private func onEveryLoop(_ body: @escaping @Sendable (Int, MonitorLoop) -> Void) {
        for (index, loop) in self.loops.enumerated() { loop.eventLoop.execute { body(index, loop.value) } }
    }

    private func onLoop(of name: String, _ body: @escaping @Sendable (MonitorLoop) -> Void) {
        let loop = self.loops[self.index(of: name)]
        loop.eventLoop.execute { body(loop.value) }
    }

    private func index(of name: String) -> Int { Int(Spread.hash(name) % UInt64(self.loops.count)) }

    /// The rules with the services of one loop.
    private func part(_ index: Int, of rules: MonitorRules?) -> MonitorRules? {
        guard var rules else { return nil }
        rules.services.removeAll { self.index(of: $0.name) != index }
        return rules
    }
}
