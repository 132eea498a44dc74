// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One download under way: collects the body up to a ceiling and tells the outcome once.
final class KeyDownload: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var body: [UInt8] = []
        var completion: (@Sendable (Result<[UInt8], KeyFault>) -> Void)?
    }

    private let maximumByteCount: Int
    private let state: Mutex<State>

    init(maximumByteCount: Int, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void) {
        self.maximumByteCount = maximumByteCount
        self.state = Mutex(State(completion: completion))
    }

    /// Ends the download with this outcome unless it has ended; returns whether it was this call that did.
    @discardableResult
    func end(_ result: Result<[UInt8], KeyFault>) -> Bool {
        let completion = self.state.withLock { state in
            let completion = state.completion
            state.completion = nil
            state.body = []
            return completion
        }
        completion?(result)
        return completion != nil
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        self.end(.failure(KeyFault(.unreadable, "answers with a redirect; configure the address it leads to")))
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else {
            self.end(.failure(KeyFault(.unreadable, "answers with status \(status)")))
            return completionHandler(.cancel)
        }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = self.state.withLock { state in
            guard state.body.count + data.count <= self.maximumByteCount else { return true }
            state.body += data
            return false
        }
        guard isTooLarge else { return }
        self.end(.failure(KeyFault(.tooLarge, "the key set has more than \(self.maximumByteCount) bytes")))
        dataTask.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        if let error {
            // Not its description, which repeats the whole address with user and query.
            let code = (error as? URLError)?.errorCode ?? 0
            self.end(.failure(KeyFault(.unreadable, "the request failed (URL error \(code))")))
        } else {
            self.end(.success(self.state.withLock { $0.body }))
        }
    }
}
