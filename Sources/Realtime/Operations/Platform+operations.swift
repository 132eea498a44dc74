// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    /// Carries out a request, wherever it came from. Subscribing is not among these operations: it belongs to a connection.
    ///
    /// - Parameters:
    ///   - scope: what the operation's templates see of the request and of who asks.
    ///   - admitPublish: asked, before the call returns, whether the caller may publish to these channels now.
    ///   - completion: runs exactly once, on any thread.
    package func run(
        _ operation: Operation,
        in scope: TemplateScope,
        as caller: OperationCaller,
        admitPublish: (([ChannelName]) -> RequestError?)? = nil,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        let questions = self.questions(before: operation, in: scope, as: caller)
        guard questions.isEmpty else {
            return self.ask(questions, for: caller.identity) {
                self.carryOut(operation, in: scope, as: caller, admitPublish: nil, completion: completion)
            }
        }
        self.carryOut(operation, in: scope, as: caller, admitPublish: admitPublish, completion: completion)
    }

    private func carryOut(
        _ operation: Operation,
        in scope: TemplateScope,
        as caller: OperationCaller,
        admitPublish: (([ChannelName]) -> RequestError?)?,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        switch operation {
        case .reply(let template):
            completion(.success(OperationAnswer(template.map { [$0.rendered(in: scope)] } ?? [])))
        case .state(let template): completion(.success(self.answerState(template, in: scope)))
        case .record(let record): completion(self.run(record, in: scope, as: caller))
        case .publish(let publish):
            self.run(publish, in: scope, as: caller, admitPublish: admitPublish, completion: completion)
        case .presence(let users, let each, let reply):
            completion(.success(self.answerPresence(users, each: each, reply: reply, in: scope, as: caller)))
        case .channelPresence(let channels, let reply):
            completion(self.answerChannelPresence(channels, reply, in: scope, as: caller))
        case .history(let history): self.run(history, in: scope, as: caller, completion: completion)
        case .inbox(let inbox): self.run(inbox, in: scope, as: caller, completion: completion)
        case .markRead(let notification, let reply):
            self.markRead(notification, reply, in: scope, as: caller, completion: completion)
        case .refreshToken(let token, let reply):
            self.refreshTokens(token, reply, in: scope, completion: completion)
        case .appEvents(let app, let reply): completion(self.answerAppEvents(app, reply, in: scope))
        case .subscribe, .unsubscribe, .refresh, .call:
            completion(.failure(RequestError(.unknownCommand, "only a connection does this")))
        }
    }

    /// Whether a caller may read what a channel says.
    func authorize(_ text: String, as caller: OperationCaller) -> Result<PlatformDefinition.Match, RequestError> {
        guard let match = self.definition.match(text) else { return .failure(.invalidChannel(text)) }
        guard case .client(let identity) = caller else { return .success(match) }
        guard !match.rules.isInternal else { return .failure(.invalidChannel(text)) }
        guard !match.rules.existsByRecord || self.records[match.name] != nil else { return .failure(.noChannel(text)) }
        if let error = self.refusal(to: match, for: identity) { return .failure(error) }
        return .success(match)
    }

    // MARK: State

    private func answerState(_ template: Template?, in scope: TemplateScope) -> OperationAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("connections")
        writer.int(self.counters.connections)
        writer.key("byChannel")
        writer.beginObject()
        for (channel, count) in self.clientSubscriberCounts {
            writer.key(channel.rawValue)
            writer.int(count)
        }
        writer.endObject()
        writer.key("uptime")
        writer.int(Int(clamping: (self.clock.now().milliseconds - self.startedAt.milliseconds) / 1000))
        writer.endObject()
        return Self.answer(template, in: scope, result: writer.bytes)
    }

    /// Channels that clients have subscribed to, sorted, with the number of their subscribers.
    package var clientSubscriberCounts: [(channel: ChannelName, count: Int)] {
        self.subscriberCounts
            .filter { !self.definition.isOfServer($0.channel) }
            .sorted { $0.channel.rawValue < $1.channel.rawValue }
    }

    // MARK: Templates

    static let null = Array("null".utf8)

    /// - Parameter template: `nil`: nothing is answered.
    static func answer(
        _ template: Template?, in scope: TemplateScope, result: [UInt8], next: Timestamp? = nil
    ) -> OperationAnswer {
        OperationAnswer(
            template.map { [self.render($0, in: scope, result: result)] } ?? [], next: next, result: result,
            newID: scope.newID)
    }

    static func render(_ template: Template, in scope: TemplateScope, result: [UInt8]) -> [UInt8] {
        var scope = scope
        // Records nest deeper than the payloads they were made of.
        scope.result = try? JSONDocument(parsing: result, maximumDepth: JSONDocument.deepestNesting).root
        return template.rendered(in: scope)
    }
}
