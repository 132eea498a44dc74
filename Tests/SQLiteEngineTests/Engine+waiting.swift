// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Engines as tests use them: one call, one answer.
extension Engine {
    @discardableResult
    func keep(_ changes: StateChange..., idempotency: Commit.Idempotency? = nil) async throws -> CommitOutcome {
        try await self.keep(Commit(idempotency: idempotency, changes: changes))
    }

    @discardableResult
    func keep(_ commit: Commit) async throws -> CommitOutcome {
        try await withCheckedContinuation { continuation in
            self.commit(commit) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The code of the error with which a commit is answered, or `nil` when it is kept.
    func refusal(of changes: StateChange...) async -> RequestError.Code? {
        let result = await withCheckedContinuation { continuation in
            self.commit(Commit(changes: changes)) { continuation.resume(returning: $0) }
        }
        guard case .failure(let error) = result else { return nil }
        return error.code
    }

    func history(of channel: ChannelName, after offset: UInt64 = 0, limit: Int = 100) async throws
        -> [StoredPublication]
    {
        try await withCheckedContinuation { continuation in
            self.history(of: channel, after: offset, limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    func newestHistory(of channel: ChannelName, limit: Int) async throws -> [StoredPublication] {
        try await withCheckedContinuation { continuation in
            self.newestHistory(of: channel, limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Commits at a time in milliseconds.
    func keep(at time: Int64, _ changes: StateChange...) async throws {
        try await self.keep(Commit(time: Timestamp(milliseconds: time), changes: changes))
    }

    /// The ids of what is in a user's inbox. Times are in milliseconds.
    func inbox(_ user: UserID, _ audiences: ChannelName..., after: Int64? = nil, limit: Int = 100) async throws
        -> [String]
    {
        let query = InboxQuery(
            user: user, audiences: audiences, after: after.map { Timestamp(milliseconds: $0) }, limit: limit)
        return try await self.inbox(query).map(\.publication.id)
    }

    func inbox(_ query: InboxQuery) async throws -> [InboxItem] {
        try await withCheckedContinuation { continuation in
            self.inbox(query) { continuation.resume(returning: $0) }
        }.get()
    }
}

extension CommitOutcome {
    /// The earlier answer, if the commit was a duplicate.
    var earlierAnswer: [UInt8]? {
        guard case .duplicate(let answer) = self else { return nil }
        return answer
    }
}

extension ChannelName: ExpressibleByStringInterpolation {
    /// Only for names that the tests themselves write.
    public init(stringLiteral value: String) { self = ChannelName(value)! }
}

extension UserID: ExpressibleByStringLiteral {
    /// Any text is a user's id.
    public init(stringLiteral value: String) { self = UserID(value) }
}

extension StateChange {
    /// An append of a publication that is known by its id.
    static func append(
        _ id: String,
        to channel: ChannelName,
        data: [UInt8] = Array("{}".utf8),
        keep: Int = 100,
        until: Timestamp = Timestamp(milliseconds: .max)
    ) -> Self {
        let publication = StoredPublication(
            channel: channel, offset: 0, id: id, event: "order.created", time: Timestamp(milliseconds: 5), data: data)
        return .append(publication, keep: keep, until: until)
    }

    /// A delivery of a publication that is known by its id, at a time in milliseconds.
    static func deliver(
        _ id: String,
        at time: Int64,
        to audiences: ChannelName...,
        until: Timestamp = Timestamp(milliseconds: .max)
    ) -> Self {
        let publication = StoredPublication(
            channel: audiences.first ?? "none", offset: 0, id: id, event: "order.created",
            time: Timestamp(milliseconds: time), data: Array("{}".utf8))
        return .deliverToInbox(publication, audiences: audiences, until: until)
    }
}
