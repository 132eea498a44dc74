// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Synchronization

/// Rights that the platform's backend decides about.
extension Platform {
    private static let renewalInterval: TimeAmount = .seconds(1)

    /// Looks each second for answers and waits that end, where somewhere the backend is asked. The second call changes nothing.
    func startAsking() {
        guard self.rules.asksBackend, let loop = self.eventLoops.first,
            !self.hasStartedAsking.exchange(true, ordering: .relaxed)
        else { return }
        loop.scheduleRepeatedTask(initialDelay: Self.renewalInterval, delay: Self.renewalInterval) {
            [weak self] task in
            guard let self, !self.isClosed else { return task.cancel() }
            self.asked.renew(at: self.clock.now())
            self.sendQuestions()
        }
    }

    /// Why a user may not subscribe to a channel that he could know of; `nil`: he may.
    func refusal(to match: PlatformDefinition.Match, for identity: Identity?) -> RequestError? {
        let text = match.name.rawValue
        if match.decide(for: identity, facts: self.members).isAllowed { return nil }
        if match.rules.ask != nil {
            switch self.asked.verdict(.init(identity, match.name), at: self.clock.now()) {
            case .allowed: return nil
            case .refused: break
            case .unavailable, nil:
                var error = RequestError(
                    .unavailable, "whether you may subscribe to this channel cannot be found out at the moment",
                    channel: text)
                // The client is known, and everything else goes on.
                error.sparesConnection = true
                return error
            }
        }
        return RequestError(.forbidden, "not authorized to subscribe to this channel", channel: text)
    }

    /// Whether only the backend knows, and was not asked, whether a user may subscribe.
    func mustAsk(_ match: PlatformDefinition.Match, for identity: Identity?) -> Bool {
        match.rules.ask != nil && !match.decide(for: identity, facts: self.members).isAllowed
            && self.asked.verdict(.init(identity, match.name), at: self.clock.now()) == nil
    }

    /// The channels among these for which the backend has to be asked first; none on platforms that ask for none.
    func questions(_ names: [String], for identity: Identity?, under rules: PlatformRules) -> [PlatformDefinition.Match]
    {
        guard rules.asksBackend else { return [] }
        var matches: [PlatformDefinition.Match] = []
        for text in names {
            guard let match = rules.definition.match(text), !match.rules.isInternal, self.mustAsk(match, for: identity),
                // Nobody has a right to what is not there.
                !match.rules.existsByRecord || self.records[match.name] != nil
            else { continue }
            matches.append(match)
            // One message may name thousands; those beyond are refused as `unavailable`.
            if matches.count == Self.maximumQuestionCount { break }
        }
        return matches
    }

    /// The same before an operation that reads channels with a client's rights.
    func questions(
        before operation: Operation, in scope: TemplateScope, as caller: OperationCaller
    ) -> [PlatformDefinition.Match] {
        let rules = self.rules
        guard rules.asksBackend, case .client(let identity) = caller else { return [] }
        let names: [String] =
            switch operation {
            case .record(let record): record.channels.names(in: scope)
            case .history(let history): Array(history.channels.names(in: scope).prefix(1))
            case .channelPresence(let channels, _): Array(channels.names(in: scope).prefix(1))
            default: []
            }
        return self.questions(names, for: identity, under: rules)
    }

    private static let maximumQuestionCount = 100

    /// Has the backend asked.
    ///
    /// - Parameter completion: runs exactly once, on any thread, when every question is answered or given up; ``refusal(to:for:)`` knows then.
    func ask(
        _ matches: [PlatformDefinition.Match], for identity: Identity?, completion: @escaping @Sendable () -> Void
    ) {
        let now = self.clock.now()
        let waiting = Countdown(from: matches.count, completion)
        var mustSend = false
        for match in matches {
            let question = AskedRights.Question(identity, match.name)
            guard let rule = match.rules.ask,
                let isFirst = self.asked.ask(question, identity, rule, at: now, completion: waiting.step)
            else {
                waiting.step()
                continue
            }
            mustSend = mustSend || isFirst
        }
        if mustSend { self.sendQuestions() }
    }

    private func sendQuestions() {
        while let request = self.asked.takeRequest(at: self.clock.now()) {
            // Also for those whose time is nearly over in line.
            let deadline = request.deadline - self.clock.now().milliseconds
            guard deadline > 0, let poster = self.backend.poster else {
                self.answered(request, .failure(BackendFailure("too many questions wait")))
                continue
            }
            let message = BackendMessage(
                id: "ask_\(self.startedAt.milliseconds)_\(request.number)", url: request.rule.url,
                secret: request.rule.secret, body: self.body(request), deadline: deadline)
            let loop = self.eventLoops[Int(request.number % UInt64(self.eventLoops.count))]
            let send = { @Sendable in
                poster.post(message, on: loop) { result in
                    self.answered(request, result)
                    // Not at once: answers that are there before the call returns would nest.
                    loop.execute { self.sendQuestions() }
                }
            }
            if loop.inEventLoop { send() } else { loop.execute(send) }
        }
    }

    private func body(_ request: AskedRights.Request) -> [UInt8] {
        var writer = JSONWriter()
        let definition = self.definition
        writer.beginObject()
        writer.key("type")
        writer.string("subscribe")
        writer.key("platform")
        writer.string(definition.name)
        definition.write(request.question.channel.rawValue, to: &writer)
        if let identity = request.identity {
            identity.write(to: &writer)
        } else {
            writer.key("user")
            writer.null()
        }
        writer.endObject()
        return writer.bytes
    }

    private func answered(_ request: AskedRights.Request, _ result: Result<BackendAnswer, BackendFailure>) {
        self.asked.ended()
        let answer = AskAnswer(result)
        guard let outcome = self.asked.settle(request, answer, at: self.clock.now()) else { return }
        if outcome.hasTurned {
            switch answer {
            case .unavailable(let reason): self.report("the backend cannot be asked who may subscribe: \(reason)")
            case .decided: self.report("the backend can be asked again who may subscribe")
            }
        }
        if outcome.ends { self.recheck(request.question) }
        for completion in outcome.waiting { completion() }
    }
}
