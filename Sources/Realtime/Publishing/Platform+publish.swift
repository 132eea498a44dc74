// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension Platform {
    /// How long a repeated request with the same idempotency key is answered like the first, in milliseconds.
    private static let idempotencyAge: Int64 = 24 * 3_600_000

    /// Publishes requests in order: all of them, or, when one is wrong, none.
    ///
    /// What must last is kept before anybody hears of it and before the completion runs.
    /// - Parameter completion: runs exactly once, on any thread, when every publication was handed to its receivers. On failure
    ///   it names the request by its place.
    package func publish(
        _ requests: [PublishRequest],
        completion: @escaping @Sendable (Result<[PublishReceipt], PublishFailure>) -> Void
    ) {
        self.publish(requests, alongWith: [], completion: completion)
    }

    /// - Parameter changes: kept in the same commit.
    func publish(
        _ requests: [PublishRequest],
        alongWith changes: [StateChange],
        completion: @escaping @Sendable (Result<[PublishReceipt], PublishFailure>) -> Void
    ) {
        let startedAt = NIODeadline.now()
        var prepared: [PreparedPublication] = []
        prepared.reserveCapacity(requests.count)
        var staged: [StateChange] = []
        for (index, request) in requests.enumerated() {
            do {
                prepared.append(try self.prepare(request, staged: staged))
                staged += prepared[index].changes
            } catch {
                return completion(.failure(PublishFailure(index: index, error: error)))
            }
        }
        if let failure = Self.repeatedKey(in: requests) { return completion(.failure(failure)) }
        let isKept =
            !changes.isEmpty || requests.contains { $0.idempotencyKey != nil } || prepared.contains(where: \.isDurable)
        guard isKept else { return self.deliver(prepared, startedAt: startedAt) { completion(.success($0)) } }
        self.keepAndDeliver(prepared, of: requests, alongWith: changes, startedAt: startedAt, completion: completion)
    }

    private static func repeatedKey(in requests: [PublishRequest]) -> PublishFailure? {
        guard requests.count > 1 else { return nil }
        for (index, request) in requests.enumerated() where request.idempotencyKey != nil {
            return PublishFailure(index: index, error: .idempotencyKeyInBatch)
        }
        return nil
    }

    private func keepAndDeliver(
        _ prepared: [PreparedPublication],
        of requests: [PublishRequest],
        alongWith others: [StateChange],
        startedAt: NIODeadline,
        completion: @escaping @Sendable (Result<[PublishReceipt], PublishFailure>) -> Void
    ) {
        let key = requests.first.flatMap { request in
            request.idempotencyKey.map { (text: $0, fingerprint: request.fingerprint) }
        }
        self.commits.enter {
            let now = self.clock.now()
            var changes = others
            let placed = prepared.map { self.placed($0, hasKey: key != nil, now: now, &changes) }
            let commit = Commit(idempotency: self.idempotency(key, placed.first, now: now), changes: changes)
            return CommitLine.Entry(commit: commit) { [changes] result in
                switch result {
                case .failure(let error):
                    self.records.discard(changes)
                    completion(.failure(PublishFailure(index: 0, error: error)))
                case .success(.duplicate(let answer)):
                    self.records.discard(changes)
                    completion(.success(IdempotencyAnswer.receipts(from: answer)))
                case .success(.committed):
                    self.apply(changes)
                    self.deliver(placed, startedAt: startedAt) { completion(.success($0)) }
                    self.settleWaits(changes)
                }
            }
        }
    }

    /// The publication with everything that its place in the line of commits decides; adds what has to be kept.
    private func placed(
        _ publication: PreparedPublication,
        hasKey: Bool,
        now: Timestamp,
        _ changes: inout [StateChange]
    ) -> PreparedPublication {
        var publication = publication
        if hasKey || publication.hasHistory {
            // What is kept with it are its id and time, so it has them before it is delivered.
            let stamp = self.nextStamp()
            publication.id = publication.id ?? stamp.id
            publication.time = publication.time ?? stamp.time
        }
        changes += publication.changes
        for record in publication.records { changes.append(self.records.stage(record.change, of: record.channel)) }
        changes += self.historyChanges(of: publication, now: now)
        return publication
    }

    private func idempotency(
        _ key: (text: String, fingerprint: UInt64)?,
        _ publication: PreparedPublication?,
        now: Timestamp
    ) -> Commit.Idempotency? {
        guard let key, let publication else { return nil }
        return Commit.Idempotency(
            key: key.text,
            fingerprint: key.fingerprint,
            expiresAt: Timestamp(milliseconds: now.milliseconds + Self.idempotencyAge),
            answer: IdempotencyAnswer.text(of: publication))
    }

    private func historyChanges(of publication: PreparedPublication, now: Timestamp) -> [StateChange] {
        publication.channels.compactMap { match in
            guard let history = match.rules.history, let id = publication.id, let time = publication.time else {
                return nil
            }
            let stored = StoredPublication(
                channel: match.name,
                offset: 0,
                id: id,
                event: publication.event,
                time: time,
                data: Array(publication.data.rawBytes))
            return .append(stored, keep: history.count, until: Timestamp(milliseconds: now.milliseconds + history.age))
        }
    }

    /// Brings publications to their subscribers, in order; the one road for every publication of every origin.
    private func deliver(
        _ prepared: [PreparedPublication],
        startedAt: NIODeadline,
        completion: @escaping @Sendable ([PublishReceipt]) -> Void
    ) {
        if prepared.count == 1 {
            self.deliver(prepared[0], startedAt: startedAt) { completion([$0]) }
            return
        }
        let gathered = ReceiptGathering(count: prepared.count, completion: completion)
        for (index, publication) in prepared.enumerated() {
            self.deliver(publication, startedAt: startedAt) { gathered.put($0, at: index) }
        }
    }

    private func deliver(
        _ publication: PreparedPublication,
        startedAt: NIODeadline,
        completion: @escaping @Sendable (PublishReceipt) -> Void
    ) {
        let channels = publication.channelNames
        self.counters.countPublication()
        // Nobody hears it: it only gets its place.
        guard self.hasListeners(channels) else {
            let stamp = self.nextStamp()
            completion(Self.receipt(publication, stamp: stamp, receivers: 0))
            return
        }
        let content = TemplateScope.Publication(
            event: publication.event, data: publication.data, id: publication.id, time: publication.time)
        let frames = self.dialects.map { $0.encode(content, to: channels) }
        self.send(Delivery(channels: channels, frames: frames, publishedAt: startedAt)) { stamp, receivers in
            completion(Self.receipt(publication, stamp: stamp, receivers: receivers))
        }
    }

    private static func receipt(_ publication: PreparedPublication, stamp: Stamp, receivers: Int) -> PublishReceipt {
        PublishReceipt(
            id: publication.id ?? stamp.id,
            time: publication.time ?? stamp.time,
            channels: publication.channelNames,
            receivers: receivers)
    }
}

/// Why nothing of a request was published.
package struct PublishFailure: Error, Sendable {
    /// The wrong one among the requests.
    package var index: Int
    package var error: RequestError
}

extension RequestError {
    /// One commit has one key, and a batch is one commit.
    package static let idempotencyKeyInBatch = RequestError(
        .invalidRequest, "a batch takes no idempotency keys for single events; publish them one by one",
        pointer: JSONPointer().appending(key: "idempotencyKey"))
}
