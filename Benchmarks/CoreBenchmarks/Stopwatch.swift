// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Times a body over rounds and reports the fastest and the median round: the machine's other work only ever adds.
enum Stopwatch {
    /// - Parameter count: operations that one call of the body does.
    static func report(_ name: String, count: Int, rounds: Int = 15, _ body: () throws -> Void) rethrows {
        try body()
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = DispatchTime.now().uptimeNanoseconds
            try body()
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / Double(count))
        }
        times.sort()
        func text(_ nanoseconds: Double) -> String { "\((nanoseconds * 10).rounded() / 10) ns" }
        let padding = String(repeating: " ", count: max(1, 44 - name.count))
        print("\(name)\(padding)\(text(times[0])) at best, \(text(times[times.count / 2])) in the median")
    }
}
