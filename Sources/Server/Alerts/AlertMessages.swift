// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import Logging
import NIOCore
import Realtime

/// Tells backends of a platform's alerts, one message at a time and in their order, so that "cleared" is never heard before "raised".
///
/// A message is tried ``pauses`` times and once more, whatever the answer but 2xx, and then left out with a line of the log. At most
/// ``maximumWaiting`` wait; the newest is left out then.
final class AlertMessages: Sendable {
    private static let deadline = TimeAmount.seconds(5)
    private static let pauses: [Int64] = [1, 2, 4, 8, 15, 30]
    private static let maximumWaiting = 64

    private struct Message {
        var address: BackendAddress
        var signature: WebhookSignature
        var id: String
        var body: [UInt8]
        var failureCount = 0
    }

    private let backends: BackendClient
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let line: NIOLoopBoundBox<[Message]>

    init(_ backends: BackendClient, on eventLoop: any EventLoop, logger: Logger) {
        self.backends = backends
        self.eventLoop = eventLoop
        self.logger = logger
        self.line = .makeBoxSendingValue([], eventLoop: eventLoop)
    }

    /// To be called on the event loop.
    func send(_ body: [UInt8], to webhook: AlertRule.Webhook) {
        guard let address = BackendAddress(webhook.url), let signature = WebhookSignature(secret: webhook.secret) else {
            return
        }
        guard self.line.value.count < Self.maximumWaiting else {
            return self.logger.warning("a message of an alert was left out: \(Self.maximumWaiting) wait")
        }
        let id = "alert_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        self.line.value.append(Message(address: address, signature: signature, id: id, body: body))
        if self.line.value.count == 1 { self.sendFirst() }
    }

    private func sendFirst() {
        guard let message = self.line.value.first else { return }
        let seconds = SystemClock().now().milliseconds / 1000
        let request = BackendRequest.signed(
            message.signature, message.address, id: message.id, time: seconds, body: message.body,
            deadline: .now() + Self.deadline)
        self.backends.send(request, on: self.eventLoop).whenComplete { result in
            switch result {
            case .success(let answer) where (200...299).contains(answer.status.code): self.next()
            case .success(let answer): self.failed("status \(answer.status.code)")
            case .failure(let error): self.failed("\(error)")
            }
        }
    }

    private func failed(_ reason: String) {
        let count = self.line.value[0].failureCount
        guard count < Self.pauses.count else {
            self.logger.warning("an alert cannot be told to \(self.line.value[0].address.origin): \(reason)")
            return self.next()
        }
        self.line.value[0].failureCount += 1
        self.eventLoop.scheduleTask(in: .seconds(Self.pauses[count])) { self.sendFirst() }
    }

    private func next() {
        self.line.value.removeFirst()
        self.sendFirst()
    }
}
