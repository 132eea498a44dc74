// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an operation answers, written with its templates.
package struct OperationAnswer: Sendable {
    /// JSON texts, each a message of its own where messages are sent; an HTTP answer is the first, or nothing.
    package var texts: [[UInt8]]
    /// The `since` of the next page, where there is one.
    package var next: Timestamp?

    package init(_ texts: [[UInt8]], next: Timestamp? = nil) {
        self.texts = texts
        self.next = next
    }
}
