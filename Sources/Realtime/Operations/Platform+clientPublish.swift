// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    func run(
        _ publish: Operation.Publish,
        in scope: TemplateScope,
        as caller: OperationCaller,
        admitPublish: (([ChannelName]) -> RequestError?)?,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        var scope = scope
        if publish.usesNewID { scope.newID = PublicationID.fresh(now: self.clock.now()) }
        var made: PublishRequest?
        let request: PublishRequest
        do throws(RequestError) {
            request = try self.request(publish, in: scope, as: caller)
            made = request
            if let admitPublish {
                let routed = try self.definition.route(request, facts: self.members)
                if let error = admitPublish(routed.channels.map(\.name)) { throw error }
            }
        } catch {
            self.auditPublish(made, in: scope, as: caller, to: [], error)
            return completion(.failure(error))
        }
        if let app = caller.app {
            return self.publish(request, by: app, key: scope.idempotencyKey) { [scope] result in
                self.auditPublish(
                    request, in: scope, as: caller, to: (try? result.get())?.receipt.channels ?? [], result.failure)
                completion(
                    result.map { receipt, quota in
                        var answer = Self.answer(publish.reply, in: scope, result: receipt.json(quota))
                        answer.quota = quota
                        return answer
                    })
            }
        }
        self.publish([request]) { [scope] result in
            switch result {
            case .failure(let failure):
                self.auditPublish(request, in: scope, as: caller, to: [], failure.error)
                completion(.failure(failure.error))
            case .success(let receipts):
                self.auditPublish(request, in: scope, as: caller, to: receipts.first?.channels ?? [], nil)
                guard let receipt = receipts.first else { return completion(.success(OperationAnswer([]))) }
                completion(.success(Self.answer(publish.reply, in: scope, result: receipt.json())))
            }
        }
    }

    private func request(
        _ publish: Operation.Publish,
        in scope: TemplateScope,
        as caller: OperationCaller
    ) throws(RequestError) -> PublishRequest {
        guard let event = publish.event.text(in: scope), !event.isEmpty else {
            throw RequestError(.invalidRequest, "the request names no event")
        }
        let depth = JSONDocument.deepestNesting
        guard let data = try? JSONDocument(parsing: publish.data.rendered(in: scope), maximumDepth: depth) else {
            throw RequestError(.invalidPayload, "the payload cannot be read")
        }
        var request = PublishRequest(event: event, data: data.root, id: scope.newID)
        let (channels, users) = (publish.channels.names(in: scope), publish.users.names(in: scope))
        if !channels.isEmpty { request.channels = channels }
        if !users.isEmpty { request.users = users }
        if channels.isEmpty && users.isEmpty && !publish.otherwise.isEmpty,
            self.definition.events[event]?.routes.isEmpty != false
        {
            request.channels = publish.otherwise
        }
        if case .client(let identity) = caller { request.publisher = .client(identity) }
        return request
    }
}

extension PublishReceipt {
    /// What templates see as `result`.
    ///
    /// - Parameter quota: of an app.
    fileprivate func json(_ quota: AppQuota? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(self.id)
        writer.key("time")
        writer.string(self.time.description)
        writer.key("receivers")
        if let receivers { writer.int(receivers) } else { writer.null() }
        writer.key("channels")
        writer.beginArray()
        for channel in self.channels { writer.string(channel.rawValue) }
        writer.endArray()
        if let quota {
            writer.key("quota")
            writer.beginObject()
            writer.key("limit")
            writer.int(quota.limit)
            writer.key("remaining")
            writer.int(quota.remaining)
            writer.key("reset")
            writer.int(Int(quota.resetSeconds))
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
