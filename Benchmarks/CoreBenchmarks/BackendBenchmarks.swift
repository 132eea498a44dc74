// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import Glibc
import HTTP
import NIOCore
import NIOPosix
import Transport

/// What a request to a backend costs the event loop that sends it: `CoreBenchmarks backends`. The backend is in the same process on
/// another loop, which is not counted.
enum BackendBenchmarks {
    private static let requestCount = 2000
    private static let body = ByteBuffer(
        string: #"{"status":"healthy","checks":{"database":{"status":"healthy","responseTime":5}}}"#)

    private struct Application: ListenerApplication {
        func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
            .refuse(.text(.notFound, ""))
        }

        func respond(
            to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
        ) {
            respond(.json(.ok, BackendBenchmarks.body))
        }
    }

    static func run() async throws {
        let backend = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = ListenerConfiguration()
        configuration.host = "127.0.0.1"
        let listener = try await Listener.start(configuration, application: Application(), on: backend)
        for (name, idleTime) in [("on a connection that is kept", 30), ("on a connection of its own", 0)] {
            let client = BackendClient(
                [group.any()], trust: try CertificateTrust(), idleTime: .seconds(Int64(idleTime)))
            guard let address = BackendAddress("http://127.0.0.1:\(listener.port)/health") else { return }
            var costs: [Double] = []
            for _ in 0..<7 { costs.append(try await self.round(client, address, on: group.any())) }
            costs.sort()
            print("a request \(name): \(text(costs[0])) at best, \(text(costs[3])) in the median")
            await client.close()
        }
        try await listener.stopAccepting()
        try await group.shutdownGracefully()
        try await backend.shutdownGracefully()
    }

    /// - Returns: microseconds of the loop's processor time for a request; a request each half millisecond.
    private static func round(
        _ client: BackendClient, _ address: BackendAddress, on eventLoop: any EventLoop
    ) async throws -> Double {
        let before = try await eventLoop.submit { self.processorTime }.get()
        let answers = (0..<self.requestCount).map { number in
            eventLoop.flatScheduleTask(in: .microseconds(Int64(number) * 500)) {
                let request = BackendRequest(.get, address, deadline: .now() + .seconds(10))
                return client.send(request, on: eventLoop)
            }.futureResult
        }
        _ = try await EventLoopFuture.whenAllSucceed(answers, on: eventLoop).get()
        let used = try await eventLoop.submit { self.processorTime }.get() - before
        return used / Double(self.requestCount)
    }

    /// Of the calling thread, in microseconds.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func text(_ microseconds: Double) -> String { "\((microseconds * 10).rounded() / 10) us" }
}
