// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import JSON
import NIOCore
import Realtime
import Synchronization

/// Lets the platform's own service answer requests: a body of JSON goes there with POST, and status and body come back as they are.
///
/// Nothing else of the request is passed on but its client's address. A redirect, an answer that is no JSON or has more than
/// ``maximumByteCount`` bytes, one that does not come within ``deadline``, and more than ``maximumRunning`` requests at once
/// are `unavailable`. A request is sent once: whether a second would do what the first did is not known here. Threads: any.
final class RequestProxy: Sendable {
    static let maximumByteCount = 64 * 1024
    static let maximumRunning = 256
    private static let deadline = TimeAmount.seconds(10)

    private let backends: BackendClient?
    private let log: @Sendable (_ line: String, _ isFault: Bool) -> Void
    private let runningCount = Atomic(0)
    /// The origins of services that do not answer as they should.
    private let down = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - backends: `nil`: nobody can be asked.
    ///   - log: told when a service stops answering as it should, and when it does again.
    init(_ backends: BackendClient?, log: @escaping @Sendable (_ line: String, _ isFault: Bool) -> Void) {
        self.backends = backends
        self.log = log
    }

    /// - Parameter completion: runs exactly once, on any thread.
    func pass(
        _ request: HTTPRequest, to address: String, on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<HTTPResponse, RequestError>) -> Void
    ) {
        guard request.body.readableBytes <= Self.maximumByteCount else {
            return completion(
                .failure(RequestError(.invalidRequest, "the body has more than \(Self.maximumByteCount) bytes")))
        }
        guard request.body.readableBytes > 0 else {
            return completion(.failure(RequestError(.invalidRequest, "the body must be JSON, and there is none")))
        }
        guard let backends, let address = BackendAddress(address) else {
            return completion(.failure(.serviceUnavailable))
        }
        guard self.runningCount.add(1, ordering: .relaxed).newValue <= Self.maximumRunning else {
            self.runningCount.subtract(1, ordering: .relaxed)
            return completion(.failure(.serviceUnavailable))
        }
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "Accept": "application/json",
            "X-Forwarded-For": request.remoteAddress,
        ]
        let sent = BackendRequest(
            .post, address, headers: headers, body: request.body, deadline: .now() + Self.deadline,
            maximumAnswerByteCount: Self.maximumByteCount)
        backends.send(sent, on: eventLoop).whenComplete { result in
            self.runningCount.subtract(1, ordering: .relaxed)
            let (answer, fault) = Self.answer(to: result)
            self.note(fault, of: address.origin)
            completion(answer.map { .success($0) } ?? .failure(.serviceUnavailable))
        }
    }

    /// Once for each change.
    private func note(_ fault: String?, of origin: String) {
        let isNews = self.down.withLock { down in
            fault == nil ? down.remove(origin) != nil : down.insert(origin).inserted
        }
        guard isNews else { return }
        if let fault {
            self.log("\(origin), which answers for this server, fails: \(fault)", true)
        } else {
            self.log("\(origin) answers again", false)
        }
    }

    private static func answer(
        to result: Result<HTTPResponse, any Error>
    ) -> (answer: HTTPResponse?, fault: String?) {
        switch result {
        case .failure(let error): return (nil, "\(error)")
        case .success(let response):
            guard !(300...399).contains(response.status.code) else { return (nil, "it answers with a redirect") }
            let body = Array(response.body.readableBytesView)
            guard body.isEmpty || (try? JSONDocument(parsing: body)) != nil else {
                return (nil, "its answer, of status \(response.status.code), is no JSON")
            }
            var answer = HTTPResponse(response.status)
            if !body.isEmpty { answer = .json(response.status, response.body) }
            if let wait = response.headers["Retry-After"] { answer.headers.append("Retry-After", wait) }
            return (answer, nil)
        }
    }
}

extension RequestError {
    fileprivate static let serviceUnavailable = RequestError(
        .unavailable, "the service that answers this cannot be reached at the moment; try again later")
}
