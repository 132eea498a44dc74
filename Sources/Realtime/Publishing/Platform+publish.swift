// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension Platform {
    /// How long a repeated request with the same idempotency key is answered like the first, in milliseconds.
    private static let idempotencyAge: Int64 = 24 * 3_600_000

    /// Publishes requests in order: all of them, or, when one is wrong, none.
    ///
    /// What must last is kept before anybody hears of it and before the completion runs. What follows from them by their
    /// events' `then` comes behind them and is kept with them.
    /// - Parameter completion: runs exactly once, on any thread, when every publication was handed to its receivers. On failure
    ///   it names the request by its place.
    package func publish(
        _ requests: [PublishRequest],
        completion: @escaping @Sendable (Result<[PublishReceipt], PublishFailure>) -> Void
    ) {
        self.publish(requests, alongWith: [], completion: completion)
    }

    /// - Parameter changes: kept in the same commit.
    package func publish(
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
        var completion = completion
        if prepared.contains(where: { !$0.derived.isEmpty }) {
            do throws(PublishFailure) {
                prepared += try self.derive(from: prepared, staged: staged)
            } catch {
                return completion(.failure(error))
            }
            // The publisher hears of what he published, not of what follows.
            completion = { [completion] in completion($0.map { Array($0.prefix(requests.count)) }) }
        }
        let isKept =
            !changes.isEmpty || requests.contains { $0.idempotencyKey != nil }
            || prepared.contains { $0.isDurable || (self.givesPosition($0) && self.keepsPositionsInStore) }
        guard isKept else {
            return self.deliver(prepared, startedAt: startedAt) { [completion] in completion(.success($0)) }
        }
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
            // Before those of the publications: who becomes a member in this commit is in time for them.
            let time = self.nextCommitTime(others + prepared.flatMap(\.changes))
            let placed = prepared.map { self.placed($0, hasKey: key != nil, now: now, &changes) }
            let commit = Commit(
                idempotency: self.idempotency(key, placed.first, now: now), time: time, changes: changes)
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
                    self.endChannels(removedBy: changes)
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
        if hasKey || publication.keepsStamp || self.givesPosition(publication) {
            // What is kept with it are its id and time, so it has them before it is delivered.
            let isForInbox = publication.inboxAge != nil
            let stamp =
                isForInbox ? self.nextKeptStamp(userChannels: publication.userChannels) : self.nextStamp()
            publication.stamp = stamp
            publication.id = publication.id ?? stamp.id
            // A time of the publisher's own would let readers of an inbox miss it, or see it twice.
            publication.time = isForInbox ? stamp.time : publication.time ?? stamp.time
        }
        changes += publication.changes
        for record in publication.records { changes.append(self.records.stage(record.change, of: record.channel)) }
        changes += self.keptChanges(of: publication, now: now)
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

    private func keptChanges(of publication: PreparedPublication, now: Timestamp) -> [StateChange] {
        var changes: [StateChange] = []
        func end(after age: Int64) -> Timestamp {
            let (sum, overflows) = now.milliseconds.addingReportingOverflow(age)
            return Timestamp(milliseconds: overflows ? .max : sum)
        }
        for channel in publication.historyChannels where channel.rules.isDurable {
            let stored = publication.stored(in: channel.name)
            changes.append(.append(stored, keep: channel.rules.count, until: end(after: channel.rules.age)))
        }
        if let age = publication.inboxAge, let first = publication.channelNames.first {
            changes.append(
                .deliverToInbox(
                    publication.stored(in: first), audiences: publication.channelNames, until: end(after: age)))
        }
        return changes
    }

    /// Whether some client may name it as the last it has heard: one that asked for positions, or one that comes back over Socket.IO,
    /// where every publication has one.
    private func givesPosition(_ publication: PreparedPublication) -> Bool {
        publication.hasPosition || self.definition.returning != nil
    }

    /// With a durable history to recover from, every position is given in the order of commits, so that one position says what
    /// a client has of all its channels.
    private var keepsPositionsInStore: Bool {
        self.definition.channels.contains { $0.isRecoverable && $0.history?.isDurable == true }
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
        self.log(publication)
        if publication.expires { self.startExpiry(of: publication) }
        let kept = publication.historyChannels.map { (publication: publication.stored(in: $0.name), rules: $0.rules) }
        let isHeard = self.hasListeners(channels)
        // Nobody hears it: it only gets its place.
        guard isHeard || !kept.isEmpty else {
            let stamp = publication.stamp ?? self.nextStamp()
            completion(Self.receipt(publication, stamp: stamp, receivers: 0))
            return
        }
        var content = TemplateScope.Publication(
            event: publication.event, data: publication.data, id: publication.id, time: publication.time)
        if publication.hasPosition { content.position = .some(publication.stamp?.id) }
        let frames = isHeard ? self.dialects.map { $0.encode(content, to: channels) } : []
        var delivery = Delivery(channels: channels, frames: frames, publishedAt: startedAt)
        (delivery.kept, delivery.stamp) = (kept, publication.stamp)
        delivery.except = publication.except
        if isHeard {
            delivery.conflationKeys = publication.conflationKeys
            delivery.wildcards = publication.wildcards
            delivery.endsConnectionsAfter = publication.endsConnectionsAfter
        }
        self.send(delivery) { stamp, receivers in
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
