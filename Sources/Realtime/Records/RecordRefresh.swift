// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a publication would write into records, without being published.
package struct RecordRefresh: Sendable {
    /// The record that comes first, as it was when this was made; `nil`: there was none.
    package let current: [UInt8]?
    fileprivate let changes: [(channel: ChannelName, change: RecordTable.Change, from: [UInt8]?)]
}

extension Platform {
    /// Checks a request as if it was to be published, and works out what it would write into records.
    package func recordRefresh(of request: PublishRequest) throws(RequestError) -> RecordRefresh {
        let prepared = try self.prepare(request, staged: [])
        let changes = prepared.records.map { (channel: $0.channel, change: $0.change, from: self.records[$0.channel]) }
        return RecordRefresh(current: changes.first?.from, changes: changes)
    }

    /// Writes into records and tells nobody, in one commit. What somebody else has changed meanwhile stays.
    ///
    /// - Parameter completion: runs exactly once, on any thread.
    package func keep(
        _ refreshes: [RecordRefresh], completion: @escaping @Sendable (Result<Void, RequestError>) -> Void
    ) {
        self.commits.enter {
            let changes = refreshes.flatMap(\.changes).compactMap { change in
                self.records.stage(change.change, of: change.channel, ifStill: change.from)
            }
            return CommitLine.Entry(commit: Commit(time: self.nextCommitTime(changes), changes: changes)) { result in
                switch result {
                case .failure(let error):
                    self.records.discard(changes)
                    completion(.failure(error))
                case .success:
                    self.apply(changes)
                    completion(.success(()))
                }
            }
        }
    }
}
