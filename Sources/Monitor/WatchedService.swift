// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import NIOCore
import Realtime

/// A service that is watched, and what is known of it. Owned by its event loop.
final class WatchedService {
    var registration: ServiceRegistration {
        didSet { self.address = self.registration.service.health.flatMap { BackendAddress($0) } }
    }
    /// Where it is asked.
    private(set) var address: BackendAddress?
    /// Its last state; before the first one that which was retained.
    var status: ServiceHealth.Status?
    var health: ServiceHealth?
    /// When something was heard of it last; before that, since when it is watched.
    var lastSign: NIODeadline
    var heardAt: Timestamp?
    /// Publications of its state that are under way; until they are kept, the record is behind them.
    var updatesUnderWay = 0
    var metricsToldAt: NIODeadline?
    var toldMetrics: [UInt8]?
    /// Its registration or removal is being kept: until then nothing is told of it, and no registration written.
    var isChanging = false
    /// What was wrong with its last payload, so that the log has it once.
    var fault: String?
    var metricsFault: String?
    /// An entry of the heap belongs to the service only while this has not changed since.
    var turn: UInt32 = 0

    init(_ registration: ServiceRegistration, now: NIODeadline) {
        self.registration = registration
        self.lastSign = now
        self.address = registration.service.health.flatMap { BackendAddress($0) }
    }

    var name: String { self.registration.service.name }
}

@available(*, unavailable)
extension WatchedService: Sendable {}
