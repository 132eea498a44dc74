// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an operation answers, written with its templates.
package struct OperationAnswer: Sendable {
    /// JSON texts, each a message of its own where messages are sent; an HTTP answer is the first, or nothing.
    package var texts: [[UInt8]]
    /// The `since` of the next page, where there is one.
    package var next: Timestamp?
    /// What templates see as `result`: a JSON object; `nil`: the operation has none.
    package var result: [UInt8]?
    /// The fresh id that the operation's templates have seen.
    package var newID: String?
    /// What an app may still publish; `nil` where nothing limits it, or nobody is an app.
    package var quota: AppQuota?

    package init(_ texts: [[UInt8]], next: Timestamp? = nil, result: [UInt8]? = nil, newID: String? = nil) {
        self.texts = texts
        self.next = next
        self.result = result
        self.newID = newID
    }
}
