// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Certificates
package import HTTP
package import NIOCore

/// Asks backends, apps and monitored services over HTTP/1.1, encrypted where the address says so.
///
/// A redirect is an answer like any other: an address was named by the operator, and where it points was not. Answers are not
/// decompressed, no cookies are kept, no proxy is used. Connections are kept for a while and used again, on the event loop that asks.
/// How many requests run at once is the caller's to bound. Threads: any.
///
/// Our own, on NIO's HTTP codec: AsyncHTTPClient took 200 µs of CPU for a request on a connection that it has, and 390 on a loop of the
/// caller's choice, where this takes 75 (135 with a connection of its own; `CoreBenchmarks backends`).
package final class BackendClient: Sendable {
    private let pools: [BackendPool]

    /// - Parameters:
    ///   - eventLoops: from which requests are sent.
    ///   - trust: whose certificates are believed.
    ///   - idleTime: how long a connection without a request is kept, unless its server says less. Servers that close theirs after five
    ///     seconds are common, and a request that meets the closing is lost.
    package init(_ eventLoops: [any EventLoop], trust: CertificateTrust, idleTime: TimeAmount = .seconds(4)) {
        self.pools = eventLoops.map { BackendPool(eventLoop: $0, trust: trust, idleTime: idleTime) }
    }

    /// - Returns: the answer, on `eventLoop`, one of the client's. It fails with ``BackendFault``.
    package func send(_ request: BackendRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        guard let pool = self.pools.first(where: { $0.eventLoop === eventLoop }) else {
            return eventLoop.makeFailedFuture(BackendFault.broken("this event loop is not the client's"))
        }
        return eventLoop.inEventLoop ? pool.send(request) : eventLoop.flatSubmit { pool.send(request) }
    }

    /// Fails what is under way and ends every connection. Requests after it fail.
    package func close() async {
        for pool in self.pools { try? await pool.eventLoop.submit { pool.close() }.get() }
    }
}
