// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import Synchronization

/// Watches a platform's services. Safe from any thread; completions run exactly once, on any thread.
package protocol ServiceMonitor: Sendable {
    /// Registers a service, or takes another one's place; kept when the completion runs. The same again changes nothing and tells nobody,
    /// but is a sign of life.
    func register(
        _ service: MonitoredService, completion: @escaping @Sendable (Result<ServiceState, RequestError>) -> Void)

    func unregister(_ name: String, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void)

    /// What a service says of itself.
    func report(
        _ health: ServiceHealth, of name: String,
        completion: @escaping @Sendable (Result<ServiceState, RequestError>) -> Void)

    /// All of them, in no order, on `eventLoop`; `nil` when the contract watches none.
    func services(gatheredOn eventLoop: any EventLoop) -> EventLoopFuture<[ServiceState]?>
}

/// What is known of a service at one moment.
package struct ServiceState: Sendable {
    package var registration: ServiceRegistration
    /// Milliseconds between two questions.
    package var every: Int64
    /// `nil`: nothing was heard of it yet.
    package var status: ServiceHealth.Status?
    /// The last report since the start.
    package var health: ServiceHealth?
    /// When it answered or reported last, since the start.
    package var heardAt: Timestamp?

    package init(
        _ registration: ServiceRegistration, every: Int64, status: ServiceHealth.Status?, health: ServiceHealth?,
        heardAt: Timestamp?
    ) {
        self.registration = registration
        self.every = every
        self.status = status
        self.health = health
        self.heardAt = heardAt
    }
}

/// The monitor of a platform, which whoever serves it lends. Threads: any.
package final class MonitorPlace: Sendable {
    private let state: Mutex<(monitor: (any ServiceMonitor)?, kept: [ServiceRegistration])>

    init(_ state: EngineState) {
        self.state = Mutex((nil, state.registrations.compactMap { ServiceRegistration($0) }))
    }

    /// `nil`: nobody watches anything.
    package var monitor: (any ServiceMonitor)? { self.state.withLock { $0.monitor } }

    package func exchange(_ monitor: (any ServiceMonitor)?) { self.state.withLock { $0.monitor = monitor } }

    /// The services that the store knew at the start; handed out once.
    package func takeKept() -> [ServiceRegistration] {
        self.state.withLock { state in
            defer { state.kept = [] }
            return state.kept
        }
    }
}
