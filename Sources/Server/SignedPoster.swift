// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import BackendClient
import HTTP
package import NIOCore
package import Realtime

/// Sends a platform's signed messages to its backend, over HTTP.
package struct SignedPoster: BackendPoster {
    /// Milliseconds of a `Retry-After` header: what is longer is cut.
    private static let longestRetryAfter = 86_400_000

    private let backends: BackendClient
    private let clock: any WallClock

    package init(backends: BackendClient, clock: any WallClock) {
        self.backends = backends
        self.clock = clock
    }

    package func post(
        _ message: BackendMessage,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<BackendAnswer, BackendFailure>) -> Void
    ) {
        guard let address = BackendAddress(message.url), let signature = WebhookSignature(secret: message.secret) else {
            return completion(.failure(BackendFailure("the address or the secret cannot be used")))
        }
        let request = BackendRequest.signed(
            signature, address, id: message.id, time: self.clock.now().milliseconds / 1000, body: message.body,
            deadline: .now() + .milliseconds(message.deadline),
            maximumAnswerByteCount: message.maximumAnswerByteCount)
        self.backends.send(request, on: eventLoop).whenComplete { completion(Self.answer($0)) }
    }

    private static func answer(_ result: Result<HTTPResponse, any Error>) -> Result<BackendAnswer, BackendFailure> {
        switch result {
        case .success(let response):
            let seconds = response.headers["Retry-After"].flatMap { Int($0) } ?? 0
            let wait = min(max(seconds, 0), Self.longestRetryAfter / 1000) * 1000
            return .success(
                BackendAnswer(
                    status: response.status.code, body: Array(response.body.readableBytesView),
                    retryAfter: wait > 0 ? Int64(wait) : nil))
        case .failure(let error): return .failure(BackendFailure("\(error)"))
        }
    }
}
