// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The deliveries that an engine keeps, read in parts, so that a million of them need no memory. They come and go as ``StateChange``s.
///
/// Lines: only the first of a line is ever due. With `settleWebhook` it goes, or waits for its next try; when it goes, the next of
/// its line is due at once.
/// Threads: as ``Engine``.
package protocol WebhookQueue: Sendable {
    /// The first `limit` of those that are due at `now`.
    func dueWebhooks(
        at now: Timestamp, limit: Int, completion: @escaping @Sendable (Result<WebhookPage, RequestError>) -> Void
    )

    /// Of those given up, by their sequence, those after `sequence`.
    func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    )

    /// Counts all; not for every moment.
    func webhookCounts(completion: @escaping @Sendable (Result<WebhookCounts, RequestError>) -> Void)
}

/// For engines that keep none.
extension WebhookQueue {
    package func dueWebhooks(
        at now: Timestamp, limit: Int, completion: @escaping @Sendable (Result<WebhookPage, RequestError>) -> Void
    ) {
        completion(.success(WebhookPage()))
    }

    package func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    ) {
        completion(.success([]))
    }

    package func webhookCounts(completion: @escaping @Sendable (Result<WebhookCounts, RequestError>) -> Void) {
        completion(.success(WebhookCounts()))
    }
}
