// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Keeps what must outlast the process: members, records, waits, idempotency keys, durable history and what waits for the backend of
/// one platform.
///
/// Order: commits take effect, and their completions run, one after the other in the order in which `commit` was called. One that
/// is refused before it takes its place in that order, for want of room, is answered at once.
/// Atomicity: a commit is kept as a whole or not at all. Durability: when a completion reports `.committed`, what was
/// committed survives the end of the process, and of the machine as far as its disk does.
/// Threads: `commit` and `history` may be called from any thread and never block; completions run exactly once, on a thread of
/// the engine's choice or before the call returns, and must not block.
package protocol Engine: WebhookQueue {
    /// Everything that was kept. Called once, before any commit.
    func load() throws -> EngineState

    func commit(_ commit: Commit, completion: @escaping @Sendable (Result<CommitOutcome, RequestError>) -> Void)

    /// The kept publications of one channel with an offset above `offset`, oldest first.
    func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    )

    /// The newest `limit` kept publications of one channel, oldest first.
    func newestHistory(
        of channel: ChannelName,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    )

    /// A user's kept publications in the order of their times, each once: of the channels of `audiences`, and of those whose
    /// member he was at the publication's time.
    func inbox(
        _ query: InboxQuery,
        completion: @escaping @Sendable (Result<[InboxItem], RequestError>) -> Void
    )

    /// The publication of this id in the inbox that `inbox` finds for the query, whose times and limit are of no concern; `nil`: there
    /// is none.
    func inboxEntry(
        _ id: String,
        for query: InboxQuery,
        completion: @escaping @Sendable (Result<InboxEntry?, RequestError>) -> Void
    )

    /// Commits what is under way, then lets go of everything. Blocks until that is done.
    func close()
}
