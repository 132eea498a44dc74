// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema

extension Platform {
    /// Publishes what an app sends: with its permission, under its prefix, into its rooms, as often as the limits allow, and with exactly the
    /// payload that it sent.
    ///
    /// A repeated idempotency key is answered like the first time and counts nothing.
    /// - Parameter key: the app's own idempotency key.
    package func publish(
        _ request: PublishRequest,
        by app: App,
        key: String?,
        completion: @escaping @Sendable (Result<(receipt: PublishReceipt, quota: AppQuota?), RequestError>) -> Void
    ) {
        let channels: [ChannelName]
        let counted: AppLimits.Counted
        let limits = self.limits.apps
        var request = request
        do throws(RequestError) {
            channels = try self.channels(of: request, by: app)
            if let key { request.idempotencyKey = try Self.scoped(key, of: app) }
            counted = try limits.admit(app.id, to: channels, at: AppLimits.now).get()
        } catch {
            self.apps.counts.count(app.id, AppCounts.Outcome(error))
            return completion(.failure(error))
        }
        self.notePublished(request, by: app, in: channels)
        self.publish([request]) { result in
            switch result {
            case .failure(let failure):
                limits.takeBack(counted, at: AppLimits.now)
                self.apps.counts.count(app.id, AppCounts.Outcome(failure.error))
                completion(.failure(failure.error))
            case .success(let receipts):
                guard let receipt = receipts.first else {
                    return completion(.failure(RequestError(.internalError, "the answer of the store cannot be read")))
                }
                let isRepeated = receipt.receivers == nil
                self.apps.counts.count(app.id, isRepeated ? .repeated : .accepted)
                let quota = isRepeated ? limits.takeBack(counted, at: AppLimits.now) : counted.quota
                completion(.success((receipt, quota)))
            }
        }
    }

    /// Before anybody hears of it, so that whoever answers at once is understood. What is not published after all does no harm: what
    /// a client may do is held against the channel.
    private func notePublished(_ request: PublishRequest, by app: App, in channels: [ChannelName]) {
        let fields = self.definition.publishedFields
        guard !fields.isEmpty, let channel = channels.first else { return }
        self.published.note(request.data, fields: fields, of: app.id, in: channel)
    }

    /// Where it goes, once everything about it is right.
    private func channels(of request: PublishRequest, by app: App) throws(RequestError) -> [ChannelName] {
        guard app.has(.publish) else {
            throw RequestError(.appForbidden, "the app has no permission \"\(App.Permission.publish.rawValue)\"")
        }
        guard request.event.utf8.count <= 255 else {
            throw RequestError(
                .invalidRequest, "an event's name has at most 255 bytes", pointer: JSONPointer().appending(key: "event")
            )
        }
        guard app.owns(event: request.event) else {
            let prefixes = app.allPrefixes.map { "\"\($0):\"" }.joined(separator: " or ")
            throw RequestError(.appPrefix, "the names of this app's events begin with \(prefixes)")
        }
        guard self.definition.events[request.event] == nil else {
            throw RequestError(.appForbidden, "\"\(request.event)\" is the platform's own event")
        }
        guard let rules = self.definition.apps, let names = request.channels, request.users == nil else {
            throw RequestError(.appForbidden, "an app publishes into the rooms that it names")
        }
        var channels: [ChannelName] = []
        for text in names { channels.append(try self.room(text, of: app, rules)) }
        guard let schema = app.events[request.event]?.compiledSchema,
            let violation = schema.firstViolation(in: request.data)
        else { return channels }
        throw RequestError(
            .invalidPayload, "data\(violation.instance) \(violation.message)",
            pointer: JSONPointer().appending(key: "data").appending(contentsOf: violation.instance.tokens))
    }

    private func room(_ text: String, of app: App, _ rules: AppRules) throws(RequestError) -> ChannelName {
        guard let match = self.definition.match(text) else { throw .invalidChannel(text) }
        guard let room = match.room(under: rules) else {
            throw RequestError(.appForbidden, "apps publish into \(rules.channel)", channel: text)
        }
        guard app.takesPart(in: room) else {
            throw RequestError(.appForbidden, "the app may not publish into this room", channel: text)
        }
        guard !match.rules.existsByRecord || self.records[match.name] != nil else { throw .noChannel(text) }
        return match.name
    }

    /// The key in the platform's own room of keys, in which no app meets another.
    private static func scoped(_ key: String, of app: App) throws(RequestError) -> String {
        guard (1...255).contains(key.utf8.count) else {
            throw RequestError(.invalidRequest, "an idempotency key has 1 to 255 bytes")
        }
        return "app:" + SecretText.key(of: "\(app.id) \(key)")
    }
}

extension AppCounts.Outcome {
    fileprivate init(_ error: RequestError) {
        self =
            switch error.code {
            case .appForbidden, .appPrefix: .forbidden
            case .rateLimited: .limited
            default: .refused
            }
    }
}
