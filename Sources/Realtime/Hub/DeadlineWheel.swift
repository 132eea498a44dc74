// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which connections are due in which second: pings, and the ends of tokens. Holds numbers, not connections, so that one
/// that has left keeps nothing alive. Owned by a loop's hub.
struct DeadlineWheel {
    private var due: [Int64: [UInt64]] = [:]
    private var last: Int64

    /// - Parameter now: milliseconds, here and below, of the clock that drives the wheel.
    init(now: Int64) { self.last = now / 1000 }

    var isEmpty: Bool { self.due.isEmpty }

    mutating func add(_ number: UInt64, at milliseconds: Int64) {
        // Rounded up, so that nothing is due before its time.
        let second = max((milliseconds + 999) / 1000, self.last + 1)
        self.due[second, default: []].append(number)
    }

    /// What became due since the last call.
    mutating func advance(to now: Int64) -> [UInt64] {
        let second = now / 1000
        guard second > self.last else { return [] }
        var numbers: [UInt64] = []
        if second - self.last > Int64(self.due.count) {
            // The clock jumped, or little is due: look at what there is instead of at every second.
            for key in self.due.keys.filter({ $0 <= second }).sorted() {
                numbers += self.due.removeValue(forKey: key) ?? []
            }
        } else {
            for key in (self.last + 1)...second { numbers += self.due.removeValue(forKey: key) ?? [] }
        }
        self.last = second
        return numbers
    }
}
