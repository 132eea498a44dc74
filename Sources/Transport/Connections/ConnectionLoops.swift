// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The `ConnectionLoop` of each event loop of a group.
struct ConnectionLoops: Sendable {
    private struct Entry: Sendable {
        let eventLoop: any EventLoop
        let loop: NIOLoopBoundBox<ConnectionLoop>
    }

    private let entries: [Entry]

    static func make(on group: any EventLoopGroup, sweepInterval: TimeAmount) async throws -> Self {
        var entries: [Entry] = []
        for eventLoop in group.makeIterator() {
            let loop = try await eventLoop.submit {
                NIOLoopBoundBox(
                    ConnectionLoop(eventLoop: eventLoop, sweepInterval: sweepInterval), eventLoop: eventLoop)
            }.get()
            entries.append(Entry(eventLoop: eventLoop, loop: loop))
        }
        return Self(entries: entries)
    }

    static func make(on eventLoop: any EventLoop, sweepInterval: TimeAmount) -> EventLoopFuture<Self> {
        eventLoop.submit {
            let loop = NIOLoopBoundBox(
                ConnectionLoop(eventLoop: eventLoop, sweepInterval: sweepInterval), eventLoop: eventLoop)
            return Self(entries: [Entry(eventLoop: eventLoop, loop: loop)])
        }
    }

    private init(entries: [Entry]) { self.entries = entries }

    /// The state of `eventLoop`, which is one of the group's. A group has a few loops, so this is a short walk.
    func loop(of eventLoop: any EventLoop) -> NIOLoopBoundBox<ConnectionLoop>? {
        self.entries.first { $0.eventLoop === eventLoop }?.loop
    }

    /// Runs `body` on each loop, all at once, and returns what it returned.
    func onEach<Result: Sendable>(_ body: @escaping @Sendable (ConnectionLoop) -> Result) async throws -> [Result] {
        let futures = self.entries.map { entry in entry.eventLoop.submit { body(entry.loop.value) } }
        var results: [Result] = []
        for future in futures { results.append(try await future.get()) }
        return results
    }

    /// The sum over all loops.
    func gauges() async throws -> Gauges {
        try await self.onEach { $0.gauges }.reduce(Gauges()) { $0 + $1 }
    }
}
