// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import Foundation
import HTTP
import NIOCore
import NIOPosix

/// Publishes the quiz's events into rooms, one after the other, so that they arrive in their order.
///
/// What the server refuses because there were too many waits as long as it says. What did not arrive is sent again under its
/// idempotency key, so that the room hears of it once.
final class Publisher: Sendable {
    private struct Event: Encodable {
        var event: String
        var data: any Encodable & Sendable

        enum CodingKeys: CodingKey { case event, data }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.event, forKey: .event)
            try container.encode(self.data, forKey: .data)
        }
    }

    private static let maximumTryCount = 8

    private let settings: QuizSettings
    private let client: BackendClient
    private let eventLoop: any EventLoop
    private let line: AsyncStream<@Sendable () async -> Void>.Continuation

    init(_ settings: QuizSettings) throws {
        self.settings = settings
        self.eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        self.client = BackendClient([self.eventLoop], trust: try CertificateTrust())
        let (line, continuation) = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)
        self.line = continuation
        Task { for await publish in line { await publish() } }
    }

    func publish(_ name: String, _ data: some Encodable & Sendable, in room: String) {
        self.line.yield { await self.send(Event(event: name, data: data), to: room) }
    }

    private func send(_ event: Event, to room: String) async {
        guard let body = try? JSONEncoder.quiz.encode(event), let address = self.settings.address(of: room) else {
            return
        }
        let headers: HTTPHeaders = [
            "Authorization": "Bearer \(self.settings.key)", "X-App-Id": self.settings.app,
            "Content-Type": "application/json", "Idempotency-Key": UUID().uuidString,
        ]
        for _ in 1...Self.maximumTryCount {
            let request = BackendRequest(
                .post, address, headers: headers, body: ByteBuffer(bytes: body), deadline: .now() + .seconds(5))
            let answer = try? await self.client.send(request, on: self.eventLoop).get()
            switch answer?.status.code {
            case .some(200..<300): return
            case .some(429), .some(500...), nil:
                let seconds = answer?.headers["Retry-After"].flatMap { Int($0) } ?? 1
                try? await Task.sleep(for: .seconds(min(seconds, 60)))
            case .some(let status):
                return print(
                    "\(event.event) was refused with \(status): \(String(buffer: answer?.body ?? ByteBuffer()))")
            }
        }
        print("\(event.event) was given up: the server does not take it")
    }
}
