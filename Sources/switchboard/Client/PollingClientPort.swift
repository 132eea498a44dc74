// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import Transport

/// A client of Engine.IO that polls: one request waits for packets, on another connection it sends its own. Owned by its loop.
final class PollingClientPort: ClientPort {
    /// Between the packets of one body (Engine.IO protocol 4, payloads).
    private static let separator: UInt8 = 0x1E

    private let polls: HTTPExchange
    private let posts: HTTPExchange
    private var target: String
    private var session: (any ConnectionSession)?
    private var waiting: [String] = []
    private var isPosting = false

    private init(polls: HTTPExchange, posts: HTTPExchange, target: String) {
        self.polls = polls
        self.posts = posts
        self.target = target
    }

    /// Connects on this loop and begins to poll. A refusal ends the session.
    ///
    /// - Parameters:
    ///   - address: with `transport=polling` in its query; its headers are not sent.
    ///   - makeSession: makes what hears the packets, on the loop.
    static func connect(
        to address: WebSocketAddress, on loop: any EventLoop,
        makeSession: @escaping @Sendable (any ClientPort) -> any ConnectionSession
    ) async throws {
        let polls = try await HTTPExchange.connect(to: address, on: loop)
        let posts = try await HTTPExchange.connect(to: address, on: loop)
        try await loop.submit {
            let port = PollingClientPort(polls: polls.value, posts: posts.value, target: address.target)
            let session = makeSession(port)
            port.session = session
            session.opened()
            port.poll()
        }.get()
    }

    func send(_ text: String) {
        self.waiting.append(text)
        self.post()
    }

    func close() {
        self.polls.close()
        self.posts.close()
    }

    private func poll() {
        self.polls.ask(self.target) { answer in
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
            guard answer?.status == 200 else { return self.end() }
            self.post()
        }
    }

    private func end() {
        let session = self.session
        self.session = nil
        self.close()
        session?.closed()
    }
}
