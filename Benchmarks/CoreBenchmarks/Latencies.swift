// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Collects times, or other numbers, from any thread.
final class Latencies: Sendable {
    private let values = Mutex<[UInt64]>([])

    func add(_ value: Int) { self.values.withLock { $0.append(UInt64(clamping: value)) } }

    /// - Parameter start: as the uptime in nanoseconds.
    func add(since start: UInt64) {
        let now = DispatchTime.now().uptimeNanoseconds
        self.values.withLock { $0.append(now - min(now, start)) }
    }

    var median: UInt64 { self.values.withLock { $0.isEmpty ? 0 : $0.sorted()[$0.count / 2] } }

    /// - Parameter processorTime: in seconds, if it is of interest.
    func report(_ name: String, seconds: Int, processorTime: Double? = nil) {
        let sorted = self.values.withLock { $0.sorted() }
        guard let longest = sorted.last else { return print("\(name): nothing") }
        func text(_ nanoseconds: UInt64) -> String { "\((Double(nanoseconds) / 10_000).rounded() / 100) ms" }
        func share(_ permille: Int) -> String { text(sorted[(sorted.count - 1) * permille / 1000]) }
        var line = "\(name): \(sorted.count / seconds)/s, p50 \(share(500)), p99 \(share(990)), p99.9 \(share(999))"
        line += ", longest \(text(longest))"
        if let processorTime { line += ", \((processorTime * 1e7 / Double(sorted.count)).rounded() / 10) us CPU each" }
        print(line)
    }
}
