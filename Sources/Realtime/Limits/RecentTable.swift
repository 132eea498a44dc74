// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Values of keys that were used lately: a bounded table that forgets by itself, in two generations.
///
/// A value is kept for at least `age` after it was used last, unless there are too many: then those go that were not used for
/// longest. At most `2 * capacity` are kept.
struct RecentTable<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private var turnedAt: Int64 = .min
    private let capacity: Int
    private let age: Int64

    /// - Parameters:
    ///   - capacity: of one generation.
    ///   - age: milliseconds.
    init(capacity: Int, age: Int64) {
        self.capacity = capacity
        self.age = age
    }

    var count: Int { self.young.count + self.old.count }

    /// Changes the value of a key, or a new one.
    ///
    /// - Parameter now: milliseconds, here and below.
    mutating func use<Result>(
        _ key: Key, at now: Int64, new: @autoclosure () -> Value, _ body: (inout Value) -> Result
    ) -> Result {
        self.forget(at: now)
        if !self.old.isEmpty, let value = self.old.removeValue(forKey: key) { self.young[key] = value }
        return body(&self.young[key, default: new()])
    }

    /// Changes the value of a key if there is one.
    mutating func useKnown<Result>(_ key: Key, at now: Int64, _ body: (inout Value) -> Result) -> Result? {
        self.forget(at: now)
        guard var value = self.young[key] ?? self.old.removeValue(forKey: key) else { return nil }
        let result = body(&value)
        self.young[key] = value
        return result
    }

    private mutating func forget(at now: Int64) {
        if self.turnedAt == .min { self.turnedAt = now }
        let elapsed = now - self.turnedAt
        guard elapsed >= self.age || self.young.count >= self.capacity else { return }
        self.old = elapsed >= 2 * self.age ? [:] : self.young
        self.young = [:]
        self.turnedAt = now
    }
}
