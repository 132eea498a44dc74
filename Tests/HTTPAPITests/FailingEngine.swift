// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// A store that takes nothing, as one on a full disk.
struct FailingEngine: Engine {
    private static let error = RequestError(.storageUnavailable, "the disk is full")

    func load() throws -> EngineState { EngineState() }

    func commit(_ commit: Commit, completion: @escaping @Sendable (Result<CommitOutcome, RequestError>) -> Void) {
        completion(.failure(Self.error))
    }

    func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.failure(Self.error))
    }

    func newestHistory(
        of channel: ChannelName, limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.success([]))
    }

    func inbox(
        _ query: InboxQuery, completion: @escaping @Sendable (Result<[InboxItem], RequestError>) -> Void
    ) {
        completion(.success([]))
    }

    func inboxEntry(
        _ id: String, for query: InboxQuery,
        completion: @escaping @Sendable (Result<InboxEntry?, RequestError>) -> Void
    ) {
        completion(.success(nil))
    }

    func close() {}
}
