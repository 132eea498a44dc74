// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// The answer that a `RequestReceiver` owes. Owned by the connection's event loop.
package final class RequestAnswer {
    private var body: ((HTTPResponse) -> Void)?

    /// - Parameter body: called at most once.
    package init(_ body: @escaping (HTTPResponse) -> Void) { self.body = body }

    /// Answers. The first call counts; after the request was aborted none does.
    ///
    /// An answer that is given before the body is whole waits for the rest of the body, which is thrown away, unless the answer closes the
    /// connection: then it is sent at once.
    package func send(_ response: HTTPResponse) {
        guard let body = self.body else { return }
        self.body = nil
        body(response)
    }

    /// Also hands the answer to `observer`, before it is sent.
    package func observed(by observer: @escaping (HTTPResponse) -> Void) -> RequestAnswer {
        RequestAnswer { response in
            observer(response)
            self.send(response)
        }
    }
}

@available(*, unavailable)
extension RequestAnswer: Sendable {}
