// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
import JSON
package import NIOCore
package import Transport

/// A client of Engine.IO that polls: one request waits for packets, on another connection it sends its own. Owned by its loop.
package final class PollingLinkPort: LinkPort {
    /// Between the packets of one body (Engine.IO protocol 4, payloads).
    private static let separator: UInt8 = 0x1E
    /// How long a server may take to hear that the client goes.
    private static let closeTimeout = TimeAmount.seconds(5)

    package let eventLoop: any EventLoop
    private let polls: HTTPExchange
    private let posts: HTTPExchange
    private var target: String
    private var session: (any ConnectionSession)?
    private var waiting: [String] = []
    private var isPosting = false
    private var isPolling = false
    private var isReceiving = true
    private var isClosing = false
    private var limit: Scheduled<Void>?

    private init(polls: NIOLoopBound<HTTPExchange>, posts: HTTPExchange, target: String) {
        self.eventLoop = polls.eventLoop
        self.polls = polls.value
        self.posts = posts
        self.target = target
    }

    /// Connects on this loop and begins to poll. A refusal ends the session.
    ///
    /// - Parameters:
    ///   - address: with `transport=polling` in its query.
    ///   - timeout: for each of the two connections.
    ///   - maximumByteCount: of what the server says in one answer, all packets together; more ends the session.
    ///   - opening: as of `WebSocketDialer.connection`.
    ///   - makeSession: makes what hears the packets, on the loop.
    package static func connect(
        to address: WebSocketAddress, on loop: any EventLoop, timeout: TimeAmount = .seconds(10),
        maximumByteCount: Int = 16 * 1024 * 1024,
        opening: (@Sendable (any Channel) -> Void)? = nil,
        makeSession: @escaping @Sendable (any LinkPort) -> any ConnectionSession
    ) -> EventLoopFuture<Void> {
        let (polls, posts) = (
            HTTPExchange.connect(
                to: address, on: loop, timeout: timeout, maximumByteCount: maximumByteCount, opening: opening),
            HTTPExchange.connect(
                to: address, on: loop, timeout: timeout, maximumByteCount: maximumByteCount, opening: opening)
        )
        polls.whenSuccess { polls in
            posts.whenFailure { _ in polls.value.close() }
        }
        posts.whenSuccess { posts in
            polls.whenFailure { _ in posts.value.close() }
        }
        return polls.and(posts).map { polls, posts in
            let port = PollingLinkPort(polls: polls, posts: posts.value, target: address.target)
            let session = makeSession(port)
            port.session = session
            session.opened()
            port.poll()
        }
    }

    package func send(_ text: String) {
        self.waiting.append(text)
        self.post()
    }

    /// Says so to the server, behind what was sent before.
    package func close() {
        guard self.session != nil, !self.isClosing else { return }
        self.isClosing = true
        self.waiting.append("1")
        self.post()
        self.limit = self.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout) { self.end() }
    }

    package func setReceiving(_ isReceiving: Bool) {
        self.isReceiving = isReceiving
        self.poll()
    }

    /// Engine.IO's server is the one that pings.
    package func ping(timeout: TimeAmount) {}

    private func poll() {
        guard self.isReceiving, !self.isPolling, self.session != nil else { return }
        self.isPolling = true
        self.polls.ask(self.target) { answer in
            self.isPolling = false
            guard let answer, answer.status == 200, let session = self.session else { return self.end() }
            for packet in answer.body.readableBytesView.split(separator: Self.separator) {
                self.noteSession(in: packet)
                packet.withUnsafeBytes { session.received(text: $0) }
            }
            self.poll()
        }
    }

    /// Every later request names the session that the first answer opens.
    private func noteSession(in packet: ByteBufferView) {
        guard packet.first == UInt8(ascii: "0"), !self.target.contains("&sid="),
            let id = (try? JSONDocument(parsing: Array(packet.dropFirst())))?.root["sid"]?.string
        else { return }
        self.target += "&sid=\(id)"
    }

    private func post() {
        guard !self.isPosting, !self.waiting.isEmpty else { return }
        self.isPosting = true
        let body = self.waiting.joined(separator: String(Unicode.Scalar(Self.separator)))
        self.waiting.removeAll()
        self.posts.ask(self.target, posting: body) { answer in
            self.isPosting = false
            guard answer?.status == 200, !self.isClosing || !self.waiting.isEmpty else { return self.end() }
            self.post()
        }
    }

    private func end() {
        let session = self.session
        self.session = nil
        self.limit?.cancel()
        self.limit = nil
        self.polls.close()
        self.posts.close()
        session?.closed()
    }
}
