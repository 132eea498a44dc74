// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Realtime
import SQLiteEngine

/// The store on a real disk: `CoreBenchmarks store [FOLDER]`, by itself, as filling a million notifications takes a while.
enum StoreBenchmarks {
    private static let userCount = 10_000
    private static let poolCount = 300
    private static let notificationCount = 1_000_000
    private static let day: Int64 = 24 * 60 * 60 * 1000

    static func run(in folder: String) throws {
        let path = folder + "/switchboard-bench-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for callers in [1, 16, 64] { try self.commits(callers: callers, path: path) }
        try self.inbox(path: path)
    }

    /// Each caller commits again as soon as it is answered.
    private static func commits(callers: Int, path: String) throws {
        let engine = try SQLiteEngine(path: "\(path)/commits-\(callers)") { print($1) }
        defer { engine.close() }
        let latencies = Latencies()
        let end = DispatchTime.now().uptimeNanoseconds + 10_000_000_000
        let processor = clock()
        let done = DispatchGroup()
        for caller in 0..<callers {
            done.enter()
            self.commit(to: engine, caller: caller, until: end, latencies: latencies) { done.leave() }
        }
        done.wait()
        let processorTime = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
        latencies.report("commits, \(callers) callers", seconds: 10, processorTime: processorTime)
    }

    private static func commit(
        to engine: SQLiteEngine,
        caller: Int,
        until end: UInt64,
        latencies: Latencies,
        completion: @escaping @Sendable () -> Void
    ) {
        let start = DispatchTime.now().uptimeNanoseconds
        guard start < end else { return completion() }
        let publication = StoredPublication(
            channel: self.channel("order:\(caller)"), offset: 0, id: "\(start)", event: "order.created",
            time: SystemClock().now(), data: [UInt8](repeating: 120, count: 200))
        let change = StateChange.append(publication, keep: 1000, until: Timestamp(milliseconds: .max))
        engine.commit(Commit(changes: [change])) { _ in
            latencies.add(since: start)
            self.commit(to: engine, caller: caller, until: end, latencies: latencies, completion: completion)
        }
    }

    private static func inbox(path: String) throws {
        let engine = try SQLiteEngine(path: "\(path)/inbox") { print($1) }
        defer { engine.close() }
        let start = SystemClock().now().milliseconds - 30 * self.day
        self.fill(engine, from: start)
        let size = Double(engine.statistics.databaseByteCount) / 1e6
        print("filled: \(self.notificationCount) notifications, \(Int(size)) MB")
        for (name, age, rate) in [
            ("since a minute ago", 60_000, 500), ("since an hour ago", self.day / 24, 500),
            ("since a week ago, 100 a page", 7 * self.day, 200),
        ] as [(String, Int64, Int)] {
            self.query(engine, name, age: age, rate: rate, seconds: 20)
        }
    }

    /// Each user belongs to three pools. Of twenty notifications, one goes to all and three to a pool.
    private static func fill(_ engine: SQLiteEngine, from start: Int64) {
        let room = DispatchSemaphore(value: 8000)
        for pool in 0..<self.poolCount {
            let users = (0..<self.userCount / 100).map { UserID("user-\((pool + $0 * 100) % self.userCount)") }
            engine.commit(
                Commit(
                    time: Timestamp(milliseconds: start),
                    changes: [.addMembers(channel: self.channel("pool:\(pool)"), users: users)])
            ) { _ in }
        }
        for number in 0..<self.notificationCount {
            room.wait()
            let step = 30 * self.day / Int64(self.notificationCount)
            let time = Timestamp(milliseconds: start + Int64(number) * step)
            engine.commit(self.notification(number, at: time)) { _ in room.signal() }
        }
        for _ in 0..<8000 { room.wait() }
        for _ in 0..<8000 { room.signal() }
    }

    private static func notification(_ number: Int, at time: Timestamp) -> Commit {
        let channel =
            switch number % 20 {
            case 0: self.channel("all")
            case 1, 2, 3: self.channel("pool:\(number &* 7919 % self.poolCount)")
            default: self.channel("user:user-\(number &* 7919 % self.userCount)")
            }
        let publication = StoredPublication(
            channel: channel, offset: 0, id: "notification-\(number)", event: "ORDER_STATUS_CHANGE", time: time,
            data: [UInt8](repeating: 120, count: 200))
        let until = Timestamp(milliseconds: time.milliseconds + 60 * self.day)
        return Commit(time: time, changes: [.deliverToInbox(publication, audiences: [channel], until: until)])
    }

    /// Asks at even times, while 500 publications a second arrive; latency counts from when a question was due.
    private static func query(_ engine: SQLiteEngine, _ name: String, age: Int64, rate: Int, seconds: Int) {
        let latencies = Latencies()
        let found = Latencies()
        let isDone = DispatchGroup()
        let publisher = Thread {
            self.pace(count: 500 * seconds, rate: 500) { number, _ in
                engine.commit(self.notification(number, at: SystemClock().now())) { _ in }
            }
            isDone.leave()
        }
        isDone.enter()
        publisher.start()
        self.pace(count: rate * seconds, rate: rate) { number, due in
            let user = "user-\(number &* 104_729 % self.userCount)"
            let query = InboxQuery(
                user: UserID(user), audiences: [self.channel("all"), self.channel("user:\(user)")],
                after: Timestamp(milliseconds: SystemClock().now().milliseconds - age), limit: 100)
            isDone.enter()
            engine.inbox(query) { result in
                latencies.add(since: due)
                found.add((try? result.get().count) ?? 0)
                isDone.leave()
            }
        }
        isDone.wait()
        latencies.report("inbox, \(name), \(rate)/s (\(found.median) found)", seconds: seconds)
    }

    /// Only for names that are written here.
    private static func channel(_ name: String) -> ChannelName {
        guard let channel = ChannelName(name) else { preconditionFailure("\(name) is no channel name") }
        return channel
    }

    /// - Parameter body: gets the number and when it was due, in nanoseconds.
    private static func pace(count: Int, rate: Int, _ body: (Int, UInt64) -> Void) {
        let start = DispatchTime.now().uptimeNanoseconds
        for number in 0..<count {
            let due = start + UInt64(number) * 1_000_000_000 / UInt64(rate)
            let now = DispatchTime.now().uptimeNanoseconds
            if due > now { usleep(UInt32((due - now) / 1000)) }
            body(number, due)
        }
    }
}
