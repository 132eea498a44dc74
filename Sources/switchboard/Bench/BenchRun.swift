// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
import Realtime
import SwitchboardClient
import Transport

/// One benchmark from the first connection to its figures.
struct BenchRun: Sendable {
    enum Load: Sendable {
        /// Requests to the administrative API, with their bodies around the mark.
        case publications(path: String, key: String, body: (before: String, after: String))
        /// Messages of the connections around the mark.
        case calls(message: (before: String, after: String))
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    let plan: BenchPlan
    /// Where and as whom the connection of this number connects, and how it subscribes.
    let client: @Sendable (Int) throws -> BenchClient
    let admin: (host: String, port: Int)
    let load: Load
    /// Subscriptions that the server knows of by now.
    let subscribed: @Sendable () throws -> Int
    let process: Int32?

    func figures() async throws -> BenchFigures {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let dialer = try await WebSocketDialer(group: loop)
        let tally = try await loop.submit { NIOLoopBound(BenchTally(), eventLoop: loop) }.get()
        let atStart = self.process.flatMap { ProcessUsage(of: $0) }
        let known = try self.subscribed()
        let opening = DispatchTime.now().uptimeNanoseconds
        try await self.connectAll(by: dialer, tally: tally)
        let opened = DispatchTime.now().uptimeNanoseconds
        let afterHandshakes = self.process.flatMap { ProcessUsage(of: $0) }
        try await self.waitUntilSubscribed(known + self.plan.connections, tally)
        let idle = self.process.flatMap { ProcessUsage(of: $0) }

        let publisher = try await self.connectLoad(on: loop, tally)
        try await self.drive(publisher, tally: tally, seconds: self.plan.warmup)
        let before = self.process.flatMap { ProcessUsage(of: $0) }
        let counts = try await loop.submit { (tally.value.received, publisher.value.sent, publisher.value.expected) }
            .get()
        let start = DispatchTime.now().uptimeNanoseconds
        try await loop.submit { tally.value.countsFrom = start }.get()
        try await self.drive(publisher, tally: tally, seconds: self.plan.duration)
        let end = DispatchTime.now().uptimeNanoseconds
        let after = self.process.flatMap { ProcessUsage(of: $0) }
        let figures = try await loop.submit {
            BenchFigures(
                seconds: Double(end - start) / 1e9,
                published: publisher.value.sent - counts.1,
                expected: publisher.value.expected - counts.2,
                delivered: tally.value.received - counts.0,
                refused: publisher.value.refused,
                firstRefusal: publisher.value.firstRefusal,
                closed: tally.value.closed,
                latencies: tally.value.latencies,
                handshakesPerSecond: Double(self.plan.connections) / (Double(opened - opening) / 1e9),
                handshakeMicroseconds: Self.difference(atStart, afterHandshakes).map {
                    $0 / Double(self.plan.connections)
                },
                processorMicroseconds: Self.difference(before, after),
                startByteCount: atStart?.residentByteCount,
                idleByteCount: idle?.residentByteCount,
                endByteCount: after?.residentByteCount,
                connections: self.plan.connections)
        }.get()
        try? await dialer.closeAll(.normal)
        return figures
    }

    private static func difference(_ a: ProcessUsage?, _ b: ProcessUsage?) -> Double? {
        guard let a, let b else { return nil }
        return b.processorMicroseconds - a.processorMicroseconds
    }

    private func connectAll(by dialer: WebSocketDialer, tally: NIOLoopBound<BenchTally>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            func add() throws {
                let client = try self.client(next)
                group.addTask {
                    let makeLink: @Sendable (any LinkPort) -> any Link = {
                        BenchSession.link(client, over: $0, tally: tally.value)
                    }
                    if client.isPolling {
                        try await PollingLinkPort.connect(
                            to: client.address, on: tally.eventLoop, makeSession: makeLink
                        ).get()
                    } else {
                        _ = try await dialer.connect(to: client.address) { makeLink(WebSocketLinkPort($0)) }
                    }
                }
                next += 1
            }
            while next < min(self.plan.concurrency, self.plan.connections) { try add() }
            while try await group.next() != nil {
                if next < self.plan.connections { try add() }
            }
        }
    }

    /// Gives up after 30 seconds, or when the server has closed every connection.
    private func waitUntilSubscribed(_ count: Int, _ tally: NIOLoopBound<BenchTally>) async throws {
        var closed = 0
        for _ in 0..<600 where closed < self.plan.connections {
            if try self.subscribed() >= count { return }
            try await Task.sleep(for: .milliseconds(50))
            closed = try await tally.eventLoop.submit { tally.value.closed }.get()
        }
        let word = try await tally.eventLoop.submit { tally.value.lastWord }.get()
        throw Failure(
            description:
                "not every connection was subscribed, \(closed) were closed; the last was told: \(word ?? "nothing")")
    }

    private func connectLoad(
        on loop: any EventLoop, _ tally: NIOLoopBound<BenchTally>
    ) async throws -> NIOLoopBound<any BenchLoad> {
        switch self.load {
        case .calls(let message):
            return try await loop.submit {
                // What was said until now was said of subscriptions.
                tally.value.lastWord = nil
                return NIOLoopBound(BenchCaller(tally.value, message: message), eventLoop: loop)
            }.get()
        case .publications(let path, let key, let body):
            let publisher = try await self.connectPublisher(on: loop, path: path, key: key, body: body)
            return try await loop.submit { NIOLoopBound(publisher.value, eventLoop: loop) }.get()
        }
    }

    private func connectPublisher(
        on loop: any EventLoop, path: String, key: String, body: (before: String, after: String)
    ) async throws -> NIOLoopBound<BenchPublisher> {
        let publisher = try await loop.submit {
            NIOLoopBound(BenchPublisher(host: self.admin.host, path: path, key: key, body: body), eventLoop: loop)
        }.get()
        _ = try await ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(publisher.value)
                }
            }
            .connect(host: self.admin.host, port: self.admin.port).get()
        return publisher
    }

    /// Publishes until so many are under way: sent, and not yet received by everybody who should.
    private static func fill(_ publisher: any BenchLoad, _ tally: BenchTally, window: UInt32, until end: UInt64) {
        while publisher.underWay < window, DispatchTime.now().uptimeNanoseconds < end {
            // Every publication has as many receivers as those that were answered had.
            let receivers = publisher.answered == 0 ? 0 : publisher.expected / UInt64(publisher.answered)
            let needed = receivers * UInt64(publisher.sent - min(publisher.sent, window - 1))
            guard tally.received >= needed else {
                tally.callsFrom = needed
                return
            }
            publisher.send(dueAt: DispatchTime.now().uptimeNanoseconds)
        }
        tally.callsFrom = .max
    }

    /// Publishes for this long, then waits until everything has arrived or three seconds have brought nothing more.
    private func drive(_ publisher: NIOLoopBound<any BenchLoad>, tally: NIOLoopBound<BenchTally>, seconds: Double)
        async throws
    {
        guard seconds > 0 else { return }
        let loop = publisher.eventLoop
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        switch self.plan.pace {
        case .window(let window):
            try await loop.submit {
                let fill = { Self.fill(publisher.value, tally.value, window: window, until: end) }
                publisher.value.onAnswer = fill
                tally.value.onReceived = fill
                fill()
            }.get()
            try await Task.sleep(for: .seconds(seconds))
            try await loop.submit {
                publisher.value.onAnswer = {}
                tally.value.onReceived = {}
                tally.value.callsFrom = .max
            }.get()
        case .rate(let rate):
            var due = DispatchTime.now().uptimeNanoseconds
            let interval = UInt64(1e9 / rate)
            while due < end {
                let now = DispatchTime.now().uptimeNanoseconds
                if now < due { try await Task.sleep(for: .nanoseconds(due - now)) }
                // What fell behind is sent now, with the time at which it was due.
                let late = due
                try await loop.submit { publisher.value.send(dueAt: late) }.get()
                due += interval
            }
        }
        var last: UInt64 = .max
        for _ in 0..<300 {
            let (isComplete, received) = try await loop.submit {
                (
                    publisher.value.underWay == 0 && tally.value.received >= publisher.value.expected,
                    tally.value.received
                )
            }.get()
            if isComplete { return }
            if received == last { try await Task.sleep(for: .milliseconds(10)) }
            last = received
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
