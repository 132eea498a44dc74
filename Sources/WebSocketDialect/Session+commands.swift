// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import Realtime

extension Session {
    /// Carries out one message of a client: finds its command, runs the command's operation, answers with its templates.
    func run(_ message: JSONNode) {
        let definition = self.definition
        guard let name = message[definition.commandKey]?.string, let command = definition.commands[name] else {
            return self.refuse(message, RequestError(.unknownCommand, "the contract has no such command"))
        }
        if let error = command.refusal(of: message) { return self.refuse(message, error) }
        switch command.operation {
        case .subscribe(let sources, let since, let each, let reply):
            let channels = self.channels(sources, of: message)
            if let since, let position = since.text(in: self.scope(of: message)), !position.isEmpty {
                return self.resubscribe(
                    channels[...], since: position, Answers(each: each, reply: reply), of: message)
            }
            self.forEachChannel(channels, of: message, Answers(each: each, reply: reply)) { self.subscribe(to: $0) }
        case .unsubscribe(let sources, let each, let reply):
            self.forEachChannel(self.channels(sources, of: message), of: message, Answers(each: each, reply: reply)) {
                self.unsubscribe(from: $0)
            }
        default: self.runOperation(command.operation, for: message)
        }
    }

    private func refuse(_ message: JSONNode, _ error: RequestError) {
        self.fail(error, args: message, command: message[self.definition.commandKey]?.string)
    }

    /// An operation that belongs to no connection; its answer may come later.
    private func runOperation(_ operation: Realtime.Operation, for message: JSONNode) {
        let waiting = NIOLoopBound((self, message), eventLoop: self.port.eventLoop)
        self.platform.run(
            operation, in: self.scope(of: message), as: .client(self.identity),
            admitPublish: self.limitsPublishing ? { self.admitPublish(to: $0) } : nil,
            completion: { result in
                // Most answers are there before the call returns, and leave in the same write as those around them.
                if waiting.eventLoop.inEventLoop {
                    waiting.value.0.answer(result, to: waiting.value.1)
                } else {
                    waiting.eventLoop.execute { waiting.value.0.answer(result, to: waiting.value.1) }
                }
            })
    }

    private func answer(_ result: Result<OperationAnswer, RequestError>, to message: JSONNode) {
        guard self.isOpen else { return }
        switch result {
        case .failure(let error): self.refuse(message, error)
        case .success(let answer):
            for text in answer.texts { self.port.send(PlainDialect.frame(text)) }
        }
    }

    /// What is answered to a message about channels, and what it came to so far.
    private struct Answers {
        let each: Template?
        let reply: Template?
        /// As the message named them.
        var channels: [String] = []
        /// `nil`: nothing was taken up.
        var isRecovered: Bool?

        init(each: Template?, reply: Template?) {
            self.each = each
            self.reply = reply
        }
    }

    /// One channel after the other, as a history may have to be fetched first. A loop where none has to, as a message may name
    /// thousands.
    private func resubscribe(
        _ channels: ArraySlice<String>,
        since position: String,
        _ answers: Answers,
        of message: JSONNode
    ) {
        var (rest, answers) = (channels, answers)
        while let text = rest.popFirst() {
            guard self.isOpen else { return }
            var isAnswered = false
            var isLate = false
            self.subscribe(to: text, since: position) { result in
                isAnswered = true
                self.answer(&answers, to: message, about: text, result)
                if isLate { self.resubscribe(rest, since: position, answers, of: message) }
            }
            isLate = !isAnswered
            if isLate { return }
        }
        self.finish(answers, of: message)
    }

    private func answer(
        _ answers: inout Answers,
        to message: JSONNode,
        about text: String,
        _ result: Result<(PlatformDefinition.Match, Recovery?), RequestError>
    ) {
        switch result {
        case .failure(let error): self.refuse(message, error)
        case .success((let match, let recovery)):
            self.answer(&answers, to: message, about: text, match, recovery)
            for publication in recovery?.publications ?? [] {
                guard let content = publication.content else { continue }
                let frames = self.dialect.encode(content, to: [match.name])
                if let frame = frames.first { self.port.send(frame.bytes) }
            }
        }
    }

    private func forEachChannel(
        _ channels: [String],
        of message: JSONNode,
        _ answers: Answers,
        _ operation: (String) -> Result<PlatformDefinition.Match, RequestError>
    ) {
        var answers = answers
        for text in channels where self.isOpen {
            switch operation(text) {
            case .failure(let error): self.refuse(message, error)
            case .success(let match): self.answer(&answers, to: message, about: text, match, nil)
            }
        }
        self.finish(answers, of: message)
    }

    /// Answers once for all channels that were joined or left.
    private func finish(_ answers: Answers, of message: JSONNode) {
        guard let reply = answers.reply, !answers.channels.isEmpty, self.isOpen else { return }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("channels")
        writer.beginArray()
        for channel in answers.channels { writer.string(channel) }
        writer.endArray()
        if let isRecovered = answers.isRecovered {
            writer.key("recovered")
            writer.bool(isRecovered)
        }
        writer.endObject()
        var scope = self.scope(of: message)
        scope.result = try? JSONDocument(parsing: writer.bytes).root
        self.port.send(PlainDialect.frame(reply, in: scope).bytes)
    }

    private func answer(
        _ answers: inout Answers,
        to message: JSONNode,
        about text: String,
        _ match: PlatformDefinition.Match,
        _ recovery: Recovery?
    ) {
        answers.channels.append(text)
        if let recovery { answers.isRecovered = recovery.isComplete && answers.isRecovered != false }
        guard let template = answers.each else { return }
        var scope = self.scope(of: message)
        scope.channel = text
        scope.channelPattern = match.rules.pattern
        if template.usesResult { scope.result = self.result(of: match.name, recovery) }
        self.port.send(PlainDialect.frame(template, in: scope).bytes)
    }

    /// The channels that a message names, in its order, each once. A message that names none names the empty one, which no pattern
    /// matches, so that it gets an answer (RNG-D06).
    private func channels(_ sources: [Command.ChannelSource], of message: JSONNode) -> [String] {
        let names = sources.names(in: self.scope(of: message))
        return names.isEmpty ? [""] : names
    }

    private func result(of channel: ChannelName, _ recovery: Recovery?) -> JSONNode? {
        var writer = JSONWriter()
        writer.beginObject()
        if let record = self.platform.records[channel] {
            writer.key("record")
            writer.raw(record)
        }
        if let recovery {
            writer.key("recovered")
            writer.bool(recovery.isComplete)
        }
        writer.endObject()
        // Records nest deeper than the payloads they were made of.
        return try? JSONDocument(parsing: writer.bytes, maximumDepth: JSONDocument.deepestNesting).root
    }

    private func scope(of message: JSONNode) -> TemplateScope {
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        scope.args = message
        return scope
    }
}
