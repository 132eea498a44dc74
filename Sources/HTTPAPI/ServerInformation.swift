// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import Realtime

/// What the admin API tells of the process it runs in.
package struct ServerInformation: Sendable {
    package var version: String
    /// Tells this server from the others of a platform; the label `node` of every metric.
    package var node: String
    package var startedAt: Timestamp
    /// Whether clients are served: asked at every `/health/ready`, on any event loop, and must not block.
    package var isReady: @Sendable () -> Bool
    /// Metrics of other parts, such as the transport's. Called on the given loop, on which the future is completed.
    package var metrics: @Sendable (any EventLoop) -> EventLoopFuture<[MetricFamily]>

    /// Reads the contracts again, as a whole or not at all; `nil`: the process cannot.
    package var reload: (@Sendable () async -> ReloadReport)?
    /// The mock backends by platform; none without `--mock`.
    package var mocks: [String: any MockControl]
    /// What the server tells of its contracts, by what follows `/docs` in the path: `/rangkai.md`, or nothing. It answers `nil` where there is no
    /// such document; `nil` itself: the server tells nothing.
    package var documents: (@Sendable (_ path: String) async -> ServedDocument?)?
    /// Takes down every change that is asked for.
    package var audit: (any AuditTrail)?

    package init(
        version: String = "development",
        node: String = "local",
        startedAt: Timestamp = SystemClock().now(),
        isReady: @escaping @Sendable () -> Bool = { true },
        metrics: @escaping @Sendable (any EventLoop) -> EventLoopFuture<[MetricFamily]> = {
            $0.makeSucceededFuture([])
        },
        reload: (@Sendable () async -> ReloadReport)? = nil,
        mocks: [String: any MockControl] = [:],
        documents: (@Sendable (_ path: String) async -> ServedDocument?)? = nil,
        audit: (any AuditTrail)? = nil
    ) {
        self.version = version
        self.node = node
        self.startedAt = startedAt
        self.isReady = isReady
        self.metrics = metrics
        self.reload = reload
        self.mocks = mocks
        self.documents = documents
        self.audit = audit
    }
}
