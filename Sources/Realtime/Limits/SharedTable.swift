// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whose doings are counted together, over all connections and loops.
enum LimitOwner: Hashable, Sendable {
    case user(UserID)
    case address(PeerAddress)
    case channel(ChannelName)
    case app(String)
}

/// One owner's doings under one of the platform's rules.
struct LimitKey: Hashable, Sendable {
    var owner: LimitOwner
    /// The rule's place among the platform's.
    var rule: Int
}

/// Recently used values, shared by all loops: several tables, each with a lock of its own.
final class SharedTable<Value: Sendable>: Sendable {
    private final class Shard: Sendable {
        let table: Mutex<RecentTable<LimitKey, Value>>

        init(capacity: Int, age: Int64) { self.table = Mutex(RecentTable(capacity: capacity, age: age)) }
    }

    private static var shardCount: Int { 16 }
    private let shards: [Shard]

    /// - Parameters:
    ///   - capacity: how many values are kept at least before the oldest go; about twice as many at most.
    ///   - age: the milliseconds for which an unused value is kept.
    init(capacity: Int = 65_536, age: Int64) {
        self.shards = (0..<Self.shardCount).map { _ in Shard(capacity: max(capacity / Self.shardCount, 1), age: age) }
    }

    private func shard(of key: LimitKey) -> Shard {
        self.shards[Int(UInt(bitPattern: key.hashValue) % UInt(Self.shardCount))]
    }

    func use<Result: Sendable>(
        _ key: LimitKey, at now: Int64, new: Value, _ body: @Sendable (inout Value) -> Result
    ) -> Result {
        self.shard(of: key).table.withLock { $0.use(key, at: now, new: new, body) }
    }

    func useKnown<Result: Sendable>(_ key: LimitKey, at now: Int64, _ body: @Sendable (inout Value) -> Result)
        -> Result?
    {
        self.shard(of: key).table.withLock { $0.useKnown(key, at: now, body) }
    }

    var count: Int { self.shards.reduce(0) { $0 + $1.table.withLock { $0.count } } }
}
