// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore

extension Session {
    /// Carries out one request of the client: its command's operation, with the client's rights.
    package func run(_ request: ClientRequest, _ answerer: some Answerer) {
        guard let command = request.command else {
            return answerer.refuse(RequestError(.unknownCommand, "the contract has no such command"))
        }
        if let error = command.refusal(of: request.args) { return answerer.refuse(error) }
        if command.operation.isAboutSubscriptions, let error = self.admitSubscriptionRequest() {
            return answerer.refuse(error)
        }
        self.platform.commandWatch.tell(request, of: self.identity)
        switch command.operation {
        case .subscribe(let sources, let since, let each, let reply):
            let position = since?.text(in: self.scope(of: request)).flatMap { $0.isEmpty ? nil : $0 }
            let run = ChannelRun(request, each: each, reply: reply, position: position, answerer: answerer)
            let channels = self.channels(sources, of: request)
            let questions = self.questions(channels)
            guard questions.isEmpty else { return self.ask(questions) { $0.subscribe(to: channels, run) } }
            self.subscribe(to: channels, run)
        case .unsubscribe(let sources, let each, let reply):
            let run = ChannelRun(request, each: each, reply: reply, position: nil, answerer: answerer)
            self.unsubscribe(from: self.channels(sources, of: request), run)
        case .refresh(let token, let reply): self.refresh(token, reply, for: request, answerer)
        case .call(let call): self.call(call, for: request, answerer)
        default: self.runOperation(command.operation, for: request, answerer)
        }
    }

    /// The values that templates see of a request.
    package func scope(of request: ClientRequest) -> TemplateScope {
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        scope.args = request.args
        scope.commandName = request.name
        return scope
    }

    /// An operation that belongs to no connection; its answer may come later.
    private func runOperation(_ operation: Operation, for request: ClientRequest, _ answerer: some Answerer) {
        let questions =
            self.hub.rules.asksBackend
            ? self.platform.questions(
                before: operation, in: self.scope(of: request), as: .client(self.identity)) : []
        guard questions.isEmpty else {
            return self.ask(questions) { $0.runOperationNow(operation, for: request, answerer) }
        }
        self.runOperationNow(operation, for: request, answerer)
    }

    /// Where nothing has to be asked any more.
    private func runOperationNow(_ operation: Operation, for request: ClientRequest, _ answerer: some Answerer) {
        self.platform.run(
            operation, in: self.scope(of: request), as: .client(self.identity),
            admitPublish: self.limitsPublishing ? { self.admitPublish(to: $0) } : nil,
            completion: self.completion(of: answerer))
    }

    /// Answers with what becomes of an operation, unless the client has gone. To be called once, on any thread.
    func completion(of answerer: some Answerer) -> @Sendable (Result<OperationAnswer, RequestError>) -> Void {
        let waiting = NIOLoopBound(Waiting(session: self, answerer: answerer), eventLoop: self.port.eventLoop)
        return { result in
            // Most answers are there before the call returns, and leave in the same write as those around them.
            if waiting.eventLoop.inEventLoop {
                waiting.value.answer(result)
            } else {
                waiting.eventLoop.execute { waiting.value.answer(result) }
            }
        }
    }

    /// A request whose operation is under way.
    private struct Waiting {
        let session: Session
        let answerer: any Answerer

        func answer(_ result: Result<OperationAnswer, RequestError>) {
            guard self.session.isOpen else { return }
            switch result {
            case .failure(let error): self.answerer.refuse(error)
            case .success(let answer): self.answerer.finish(answer)
            }
        }
    }

    // MARK: Channels

    /// What is answered to a request about channels, and what it came to so far.
    private struct ChannelRun<A: Answerer> {
        let request: ClientRequest
        let each: Template?
        let reply: Template?
        /// What is missed since then is sent as well.
        let position: String?
        let answerer: A
        /// As the request named them.
        var channels: [String] = []
        var first: ChannelName?
        /// Those that this request joined.
        var joined: [String] = []
        /// `nil`: nothing was taken up.
        var isRecovered: Bool?

        init(_ request: ClientRequest, each: Template?, reply: Template?, position: String?, answerer: A) {
            self.request = request
            self.each = each
            self.reply = reply
            self.position = position
            self.answerer = answerer
        }
    }

    private func subscribe<A>(to channels: [String], _ run: ChannelRun<A>) {
        // Where nobody was asked because there are too many requests, it is that which is wrong.
        if run.answerer.joinsAllOrNone, !(self.hub.rules.asksBackend && self.isOverSubscriptionRate) {
            for text in channels {
                guard case .failure(let error) = self.authorize(text) else { continue }
                self.audit(.subscribe, channel: text, error: error)
                return run.answerer.refuse(error)
            }
        }
        self.subscribe(to: channels[...], run)
    }

    /// One channel after the other, as a history may have to be fetched first. A loop where none has to, as a message may name
    /// thousands.
    private func subscribe<A>(to channels: ArraySlice<String>, _ run: ChannelRun<A>) {
        var (rest, run) = (channels, run)
        while let text = rest.popFirst() {
            guard self.isOpen else { return }
            let wasSubscribed = ChannelName(text).map { self.isSubscribed(to: $0) } ?? false
            guard let position = run.position else {
                let result = self.subscribe(to: text).map { ($0, nil as Recovery?) }
                guard self.note(result, about: text, wasSubscribed: wasSubscribed, in: &run) else { return }
                continue
            }
            var goesOn: Bool?
            var isLate = false
            self.subscribe(to: text, since: position) { result in
                goesOn = self.note(result, about: text, wasSubscribed: wasSubscribed, in: &run)
                if isLate, goesOn == true { self.subscribe(to: rest, run) }
            }
            isLate = goesOn == nil
            guard goesOn == true else { return }
        }
        self.finish(run)
    }

    private func unsubscribe<A>(from channels: [String], _ run: ChannelRun<A>) {
        var run = run
        if run.answerer.joinsAllOrNone {
            for text in channels where self.definition.match(text)?.rules.isInternal != false {
                return run.answerer.refuse(.invalidChannel(text))
            }
        }
        for text in channels where self.isOpen {
            let result = self.unsubscribe(from: text).map { ($0, nil as Recovery?) }
            guard self.note(result, about: text, wasSubscribed: true, in: &run) else { return }
        }
        self.finish(run)
    }

    /// - Returns: whether the request goes on with the next channel.
    private func note<A>(
        _ result: Result<(PlatformDefinition.Match, Recovery?), RequestError>,
        about text: String,
        wasSubscribed: Bool,
        in run: inout ChannelRun<A>
    ) -> Bool {
        switch result {
        case .failure(let error):
            run.answerer.refuse(error)
            guard run.answerer.joinsAllOrNone else { return true }
            for joined in run.joined.compactMap({ ChannelName($0) }) {
                if let channel = self.subscription(to: joined)?.channel { self.leave(channel) }
            }
            return false
        case .success((let match, let recovery)):
            run.channels.append(text)
            run.first = run.first ?? match.name
            if !wasSubscribed { run.joined.append(text) }
            if let recovery { run.isRecovered = recovery.isComplete && run.isRecovered != false }
            self.tell(run, about: text, match, recovery)
            self.send(recovery?.publications ?? [])
            return true
        }
    }

    private func tell<A>(
        _ run: ChannelRun<A>, about text: String, _ match: PlatformDefinition.Match, _ recovery: Recovery?
    ) {
        guard !run.answerer.joinsAllOrNone, let template = run.each else { return }
        var scope = self.scope(of: run.request)
        scope.channel = text
        scope.channelPattern = match.rules.pattern
        if template.usesResult { scope.result = self.result(of: match.name, isRecovered: recovery?.isComplete) }
        run.answerer.tell(template.rendered(in: scope))
    }

    /// Sends publications of a history, in their order.
    package func send(_ publications: [StoredPublication]) {
        for publication in publications {
            guard let content = publication.content else { continue }
            if let frame = self.dialect.encode(content, to: [publication.channel]).first { self.port.send(frame.bytes) }
        }
    }

    /// Answers once for all channels that were joined or left.
    private func finish<A>(_ run: ChannelRun<A>) {
        guard self.isOpen else { return }
        guard run.answerer.joinsAllOrNone || (run.reply != nil && !run.channels.isEmpty) else {
            return run.answerer.finish(OperationAnswer([]))
        }
        let result = self.result(of: run.first, isRecovered: run.isRecovered, channels: run.channels)
        var scope = self.scope(of: run.request)
        scope.result = result
        let texts = run.answerer.joinsAllOrNone ? [] : [run.reply?.rendered(in: scope)].compactMap(\.self)
        run.answerer.finish(OperationAnswer(texts, result: result.map { Array($0.rawBytes) }))
    }

    /// The channels that a request names, in its order, each once. One that names none names the empty one, which no pattern
    /// matches, so that it gets an answer (RNG-D06).
    private func channels(_ sources: [Command.ChannelSource], of request: ClientRequest) -> [String] {
        let names = sources.names(in: self.scope(of: request))
        return names.isEmpty ? [""] : names
    }

    private func result(of channel: ChannelName?, isRecovered: Bool?, channels: [String]? = nil) -> JSONNode? {
        var writer = JSONWriter()
        writer.beginObject()
        if let record = channel.flatMap({ self.platform.records[$0] }) {
            writer.key("record")
            writer.raw(record)
        }
        if let channels {
            writer.key("channels")
            writer.beginArray()
            for channel in channels { writer.string(channel) }
            writer.endArray()
        }
        if let isRecovered {
            writer.key("recovered")
            writer.bool(isRecovered)
        }
        writer.endObject()
        // Records nest deeper than the payloads they were made of.
        return try? JSONDocument(parsing: writer.bytes, maximumDepth: JSONDocument.deepestNesting).root
    }
}
