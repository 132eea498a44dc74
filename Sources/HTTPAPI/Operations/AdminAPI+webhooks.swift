// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

/// Deliveries to the platform's backend: how many wait, and those that were given up.
extension AdminAPI {
    private static let maximumSequenceCount = 1000

    func readWebhooks(_ exchange: Exchange) throws(APIError) {
        let figures = try self.platform(of: exchange).webhookFigures
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("waiting")
        writer.int(figures.waiting)
        writer.key("oldest")
        if let oldest = figures.oldest { writer.string(oldest.description) } else { writer.null() }
        writer.key("dead")
        writer.int(figures.dead)
        for (name, count) in [
            ("delivered", figures.delivered), ("failed", figures.failedTries), ("lost", figures.lost),
        ] {
            writer.key(name)
            writer.int(Int(clamping: count))
        }
        writer.endObject()
        exchange.answer(writer)
    }

    /// By their sequence, page by page.
    func listDeadWebhooks(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let limit = try exchange.query.limit(default: 100)
        let after = try exchange.query.number("after", in: 0...Int.max) ?? 0
        platform.deadWebhooks(after: Int64(after), limit: limit + 1) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let found): exchange.answer(Self.description(of: found, limit: limit))
            }
        }
    }

    private static func description(of dead: [DeadWebhook], limit: Int) -> JSONWriter {
        var writer = JSONWriter(capacity: 512 * dead.count + 32)
        writer.beginObject()
        writer.key("dead")
        writer.beginArray()
        for entry in dead.prefix(limit) {
            writer.beginObject()
            writer.key("sequence")
            writer.int(Int(entry.webhook.sequence))
            writer.key("tries")
            writer.int(entry.tries)
            writer.key("reason")
            writer.string(entry.reason)
            writer.key("givenUpAt")
            writer.string(entry.diedAt.description)
            writer.key("message")
            writer.raw(entry.webhook.body)
            writer.endObject()
        }
        writer.endArray()
        if dead.count > limit, let last = dead.prefix(limit).last {
            writer.key("next")
            writer.string("\(last.webhook.sequence)")
        }
        writer.endObject()
        return writer
    }

    /// Lets some or all wait again.
    func retryDeadWebhooks(_ exchange: Exchange) throws(APIError) { try self.settleDead(exchange, isRetry: true) }

    /// Forgets some or all.
    func removeDeadWebhooks(_ exchange: Exchange) throws(APIError) { try self.settleDead(exchange, isRetry: false) }

    /// The body names them: `{"sequences": [...]}`, or `{"all": true}`.
    private func settleDead(_ exchange: Exchange, isRetry: Bool) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let body = try exchange.body()
        let sequences: [Int64]?
        do throws(RequestError) { sequences = try Self.sequences(body) } catch { throw APIError(error) }
        platform.settleDeadWebhooks(sequences, isRetry: isRetry) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let count):
                var writer = JSONWriter()
                writer.beginObject()
                writer.key(isRetry ? "retried" : "removed")
                writer.int(count)
                writer.endObject()
                exchange.answer(writer)
            }
        }
    }

    /// - Returns: `nil`: all.
    private static func sequences(_ body: JSONNode) throws(RequestError) -> [Int64]? {
        try body.requireObject()
        for member in body.members where !["sequences", "all"].contains(member.name) {
            throw member.unknownError(known: ["sequences", "all"])
        }
        let pointer = JSONPointer().appending(key: "sequences")
        switch (body["sequences"], body["all"]) {
        case (nil, let all?) where all.bool == true: return nil
        case (let list?, nil):
            let sequences = list.kind == .array ? list.elements.compactMap { $0.int.map(Int64.init) } : []
            guard list.kind == .array, sequences.count == list.count,
                (1...Self.maximumSequenceCount).contains(list.count)
            else {
                throw RequestError(
                    .invalidRequest, "must be an array of 1 to \(Self.maximumSequenceCount) whole numbers",
                    pointer: pointer)
            }
            return sequences
        default:
            throw RequestError(
                .invalidRequest, "write either \"sequences\": [...] or \"all\": true", pointer: JSONPointer())
        }
    }
}
