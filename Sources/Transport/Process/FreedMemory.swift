// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import Synchronization

/// Returns memory to the system after many connections have left one loop.
///
/// glibc keeps what 5,000 connections used (34 MB measured) until it is asked; `malloc_trim` gives it back. It looks through
/// the whole heap, so it is asked at most once a minute in a process, some seconds after the thousandth departure.
struct FreedMemory {
    private static let departuresPerTrim = 1000
    private static let minimumInterval: TimeAmount = .minutes(1)
    private static let delay: TimeAmount = .seconds(2)

    /// When the process last trimmed, in the nanoseconds of `NIODeadline`; 0: never.
    private static let lastTrim = Atomic<UInt64>(0)

    private var departures = 0

    /// Counts one departure; the thousandth schedules a trim.
    mutating func connectionEnded(on eventLoop: any EventLoop) {
        self.departures += 1
        guard self.departures >= Self.departuresPerTrim else { return }
        self.departures = 0
        eventLoop.scheduleTask(in: Self.delay) { Self.trim() }
    }

    private static func trim() {
        let now = NIODeadline.now().uptimeNanoseconds
        let last = Self.lastTrim.load(ordering: .relaxed)
        guard last == 0 || now &- last >= UInt64(Self.minimumInterval.nanoseconds) else { return }
        let (isOurs, _) = Self.lastTrim.compareExchange(expected: last, desired: now, ordering: .relaxed)
        // The Glibc module does not import <malloc.h>, and another C library may not have the function.
        guard isOurs, let symbol = dlsym(nil, "malloc_trim") else { return }
        typealias MallocTrim = @convention(c) (Int) -> CInt
        _ = unsafeBitCast(symbol, to: MallocTrim.self)(0)
    }
}
