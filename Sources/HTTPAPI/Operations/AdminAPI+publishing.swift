// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// Publications in one batch.
    static let maximumBatchCount = 1000

    /// One publication, or an array of them: all or nothing.
    func publish(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let requests: [PublishRequest]
        let isBatch: Bool
        do throws(APIError) {
            let body = try exchange.body()
            isBatch = body.kind == .array
            requests = isBatch ? try Self.batch(body) : [try Self.publication(body, index: nil)]
        } catch {
            platform.counters.countRefusal()
            self.auditPublish([], on: platform, exchange, error.code.rawValue)
            throw error
        }
        platform.publish(requests) { result in
            switch result {
            case .success(let receipts):
                self.auditPublish(requests, on: platform, exchange, nil)
                exchange.answer(Self.answer(receipts, isBatch: isBatch))
            case .failure(let failure):
                platform.counters.countRefusal()
                self.auditPublish(requests, on: platform, exchange, failure.error.code.rawValue)
                exchange.fail(APIError(failure.error, index: isBatch ? failure.index : nil))
            }
        }
    }

    private static func batch(_ body: JSONNode) throws(APIError) -> [PublishRequest] {
        guard (1...Self.maximumBatchCount).contains(body.count) else {
            throw APIError(
                RequestError(
                    .invalidRequest, "a batch has 1 to \(Self.maximumBatchCount) publications, this one \(body.count)",
                    pointer: JSONPointer()))
        }
        var requests: [PublishRequest] = []
        requests.reserveCapacity(body.count)
        for (index, element) in body.elements.enumerated() {
            requests.append(try Self.publication(element, index: index))
        }
        return requests
    }

    private static func publication(_ node: JSONNode, index: Int?) throws(APIError) -> PublishRequest {
        do throws(RequestError) {
            let request = try PublishRequest(reading: node)
            if index != nil && request.idempotencyKey != nil { throw .idempotencyKeyInBatch }
            return request
        } catch {
            throw APIError(error, index: index)
        }
    }

    private static func answer(_ receipts: [PublishReceipt], isBatch: Bool) -> HTTPResponse {
        var writer = JSONWriter(capacity: 192 * receipts.count)
        if isBatch {
            writer.beginArray()
            for receipt in receipts { receipt.write(to: &writer) }
            writer.endArray()
        } else if let receipt = receipts.first {
            receipt.write(to: &writer)
        } else {
            return APIError(RequestError(.internalError, "the receipt of this publication was lost")).response
        }
        return .json(.ok, ByteBuffer(bytes: writer.bytes))
    }
}

extension PublishReceipt {
    /// `{id, time, channels, receivers}`, and `"duplicate": true` for a repetition, which nobody received.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(self.id)
        writer.key("time")
        writer.string(self.time.description)
        writer.key("channels")
        writer.beginArray()
        for channel in self.channels { writer.string(channel.rawValue) }
        writer.endArray()
        writer.key("receivers")
        if let receivers {
            writer.int(receivers)
        } else {
            writer.null()
            writer.key("duplicate")
            writer.bool(true)
        }
        writer.endObject()
    }
}
