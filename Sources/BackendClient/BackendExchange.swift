// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore

/// One request and what becomes of it. Ends once; later outcomes are ignored. Owned by its event loop.
final class BackendExchange {
    let request: BackendRequest
    var timer: Scheduled<Void>?
    /// The connection that it is on.
    weak var connection: BackendConnection?
    private(set) var isOver = false
    private let promise: EventLoopPromise<HTTPResponse>

    init(_ request: BackendRequest, _ promise: EventLoopPromise<HTTPResponse>) {
        self.request = request
        self.promise = promise
    }

    func end(_ result: Result<HTTPResponse, BackendFault>) {
        guard !self.isOver else { return }
        self.isOver = true
        self.timer?.cancel()
        switch result {
        case .success(let response): self.promise.succeed(response)
        case .failure(let fault):
            // What may still come would be taken for the next answer.
            self.connection?.close(nil)
            self.promise.fail(fault)
        }
    }
}

@available(*, unavailable)
extension BackendExchange: Sendable {}
