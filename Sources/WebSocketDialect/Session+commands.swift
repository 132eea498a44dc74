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
        switch command.operation {
        case .reply(let template): self.answer(template, to: message)
        case .subscribe(let sources, _, let each):
            self.forEachChannel(sources, of: message, answer: each) { self.subscribe(to: $0) }
        case .unsubscribe(let sources, let each):
            self.forEachChannel(sources, of: message, answer: each) { self.unsubscribe(from: $0) }
        case .record(let sources, let template): self.answerRecords(sources, template, to: message)
        case .publish, .presence, .history, .inbox, .state: break
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
            case .success(let match):
                guard let template else { continue }
                var scope = self.scope(of: message)
                scope.channel = text
                scope.channelPattern = match.rules.pattern
                if template.usesResult { scope.result = self.recordResult(of: match.name) }
                self.port.send(PlainDialect.frame(template, in: scope).bytes)
            }
        }
    }

    /// The channels that a message names, in its order, each once. A message that names none names the empty one, which no pattern
    /// matches, so that it gets an answer (RNG-D06).
    private func channels(_ sources: [Command.ChannelSource], of message: JSONNode) -> [String] {
        let scope = self.scope(of: message)
        var names: [String] = []
        for source in sources {
            switch source {
            case .text(let template):
                if let text = template.text(in: scope) { names.append(text) }
            case .each(let path):
                guard let node = scope.node(at: path), node.kind == .array else { continue }
                // What is no text is quoted as JSON, to be refused under the name it was given.
                names += node.elements.map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) }
            }
        }
        if names.isEmpty { return [""] }
        guard names.count > 1 else { return names }
        // By bytes, as channels are told apart.
        var seen: Set<[UInt8]> = []
        return names.filter { seen.insert(Array($0.utf8)).inserted }
    }

    private func answerRecords(_ sources: [Command.ChannelSource], _ template: Template, to message: JSONNode) {
        var writer = JSONWriter()
        writer.beginObject()
        var first: [UInt8]?
        writer.key("records")
        writer.beginObject()
        for text in self.channels(sources, of: message) {
            switch self.authorize(text) {
            case .failure(let error): return self.fail(error, args: message)
            case .success(let match):
                let record = self.platform.records[match.name] ?? Array("null".utf8)
                first = first ?? record
                writer.key(text)
                writer.raw(record)
            }
            // A short message may name thousands of channels with long records.
            guard writer.bytes.count <= self.platform.definition.limits.queueByteCount else {
                return self.fail(.recordsTooLong, args: message)
            }
        }
        writer.endObject()
        writer.key("record")
        writer.raw(first ?? Array("null".utf8))
        writer.endObject()
        var scope = self.scope(of: message)
        scope.result = Self.result(writer.bytes)
        self.port.send(PlainDialect.frame(template, in: scope).bytes)
    }

    private func recordResult(of channel: ChannelName) -> JSONNode? {
        guard let record = self.platform.records[channel] else { return nil }
        return Self.result(Array("{\"record\":".utf8) + record + Array("}".utf8))
    }

    private static func result(_ text: [UInt8]) -> JSONNode? {
        // Records nest deeper than the payloads they were made of.
        try? JSONDocument(parsing: text, maximumDepth: JSONDocument.deepestNesting).root
    }

    private func answer(_ template: Template, to message: JSONNode) {
        self.port.send(PlainDialect.frame(template, in: self.scope(of: message)).bytes)
    }

    private func scope(of message: JSONNode) -> TemplateScope {
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        scope.args = message
        return scope
    }
}

extension RequestError {
    fileprivate static let recordsTooLong = RequestError(
        .invalidMessage, "the records of so many channels are too long for one answer; ask for fewer at once")
}
