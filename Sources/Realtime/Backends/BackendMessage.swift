// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A signed POST of JSON to a platform's own backend.
package struct BackendMessage: Sendable {
    /// Of the message, the same each time it is tried.
    package var id: String
    package var url: String
    /// `whsec_…`, with which it is signed.
    package var secret: String
    package var body: [UInt8]
    /// Milliseconds for the whole answer.
    package var deadline: Int64
    /// Of the answer's body; a longer one is a failure.
    package var maximumAnswerByteCount: Int

    package init(
        id: String, url: String, secret: String, body: [UInt8], deadline: Int64, maximumAnswerByteCount: Int = 64 * 1024
    ) {
        self.id = id
        self.url = url
        self.secret = secret
        self.body = body
        self.deadline = deadline
        self.maximumAnswerByteCount = maximumAnswerByteCount
    }
}

/// What a backend answered, whatever its status. Redirects are answers, too: nobody follows them.
package struct BackendAnswer: Sendable {
    package var status: Int
    package var body: [UInt8]
    /// Milliseconds after which the backend wants to be asked again, as its `Retry-After` header says.
    package var retryAfter: Int64?

    package init(status: Int, body: [UInt8] = [], retryAfter: Int64? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}

/// Why there is no answer, for people.
package struct BackendFailure: Error, Sendable, Equatable {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}
