// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is due in which second. Cheap however much is waiting: adding is one append, and only what is due is looked at.
///
/// An element cannot be taken out again. Its owner finds out, when it comes due, whether it still means anything.
struct DeadlineWheel<Element> {
    private var due: [Int64: [Element]] = [:]
    private var last: Int64

    /// - Parameter now: milliseconds, here and below, of the clock that drives the wheel. Nothing becomes due before the next second.
    init(now: Int64) { self.last = now / 1000 }

    var isEmpty: Bool { self.due.isEmpty }

    /// The moment at which something may become due next.
    var nextSecond: Int64 { (self.last + 1) * 1000 }

    mutating func add(_ element: Element, at milliseconds: Int64) {
        // Rounded up, so that nothing is due before its time.
        let second = milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0)
        self.due[max(second, self.last + 1), default: []].append(element)
    }

    /// What became due since the last call, in the order of the seconds.
    mutating func advance(to now: Int64) -> [Element] {
        let second = now / 1000
        guard second > self.last else {
            // The clock was set back. What is added from now on must not wait for the time it showed before.
            self.last = second
            return []
        }
        var elements: [Element] = []
        if second - self.last > Int64(self.due.count) {
            // The clock jumped, or little is due: look at what there is instead of at every second.
            for key in self.due.keys.filter({ $0 <= second }).sorted() {
                elements += self.due.removeValue(forKey: key) ?? []
            }
        } else {
            for key in (self.last + 1)...second { elements += self.due.removeValue(forKey: key) ?? [] }
        }
        self.last = second
        return elements
    }
}
