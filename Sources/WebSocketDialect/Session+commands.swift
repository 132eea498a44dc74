// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime

extension Session {
    /// Carries out one message of a client: finds its command, runs the command's operation, answers with its templates.
    func run(_ message: JSONNode) {
        let definition = self.platform.definition
        guard let name = message[definition.commandKey]?.string, let command = definition.commands[name] else {
            return self.fail(
                RequestError(.unknownCommand, "the contract has no such command"), args: message)
        }
        if let error = command.refusal(of: message) { return self.fail(error, args: message) }
        switch command.operation {
        case .subscribe(let sources, let since, let each):
            if let since, let position = since.text(in: self.scope(of: message)), !position.isEmpty {
                return self.resubscribe(self.channels(sources, of: message)[...], since: position, each, of: message)
            }
            self.forEachChannel(sources, of: message, answer: each) { self.subscribe(to: $0) }
        case .unsubscribe(let sources, let each):
            self.forEachChannel(sources, of: message, answer: each) { self.unsubscribe(from: $0) }
        default: self.runOperation(command.operation, for: message)
        }
    }

    /// An operation that belongs to no connection; its answer may come later.
    private func runOperation(_ operation: Realtime.Operation, for message: JSONNode) {
        let waiting = NIOLoopBound((self, message), eventLoop: self.port.eventLoop)
        self.platform.run(
            operation, in: self.scope(of: message), as: .client(self.identity),
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
        case .failure(let error): self.fail(error, args: message)
        case .success(let answer):
            for text in answer.texts { self.port.send(PlainDialect.frame(text)) }
        }
    }

    /// One channel after the other, as a history may have to be fetched first.
    private func resubscribe(
        _ channels: ArraySlice<String>,
        since position: String,
        _ template: Template?,
        of message: JSONNode
    ) {
        guard let text = channels.first, self.isOpen else { return }
        self.subscribe(to: text, since: position) { result in
            switch result {
            case .failure(let error): self.fail(error, args: message)
            case .success((let match, let recovery)):
                self.answer(template, to: message, about: text, match, recovery)
                for publication in recovery?.publications ?? [] {
                    guard let content = publication.content else { continue }
                    let frames = self.platform.dialects[self.dialectIndex].encode(content, to: [match.name])
                    if let frame = frames.first { self.port.send(frame.bytes) }
                }
            }
            self.resubscribe(channels.dropFirst(), since: position, template, of: message)
        }
    }

    private func forEachChannel(
        _ sources: [Command.ChannelSource],
        of message: JSONNode,
        answer template: Template?,
        _ operation: (String) -> Result<PlatformDefinition.Match, RequestError>
    ) {
        for text in self.channels(sources, of: message) where self.isOpen {
            switch operation(text) {
            case .failure(let error): self.fail(error, args: message)
            case .success(let match): self.answer(template, to: message, about: text, match, nil)
            }
        }
    }

    private func answer(
        _ template: Template?,
        to message: JSONNode,
        about text: String,
        _ match: PlatformDefinition.Match,
        _ recovery: Recovery?
    ) {
        guard let template else { return }
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
