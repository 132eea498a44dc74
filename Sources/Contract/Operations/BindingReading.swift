// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// The values of one binding as its operation reads them.
struct BindingReading {
    let name: OperationName
    let map: MapReader
    let place: RequestPlace
    let compiler: OperationCompiler
    let uses = PathUse()

    var faults: FaultCollector { self.compiler.faults }

    // MARK: Parts

    /// A template compiler for one key of the binding.
    func templates(_ key: String, _ further: [TemplateContext.Root] = [], knowsReading: Bool = false)
        -> TemplateCompiler
    {
        var context = TemplateContext(
            name: key == "reply" ? "the reply of \(self.place.name)" : "\"\(key)\" of \(self.place.name)",
            roots: further + self.place.roots, advice: self.place.advice, results: self.name.results,
            channelParameters: self.compiler.channels.parameters, pathParameters: self.place.pathParameters,
            arguments: self.place.arguments, body: self.place.body)
        context.knowsReading = knowsReading
        context.hasOpenResult = self.name.hasOpenResult
        return TemplateCompiler(context: context, faults: self.faults, uses: self.uses)
    }

    func text(_ key: String) -> TextTemplate? {
        guard let node = self.map[key] else { return nil }
        // `limit: 50` is no less clear than a text.
        if case .number(let text) = node.value { return TextTemplate(text) }
        return self.templates(key).text(node, what: "\"\(key)\"")
    }

    func each(_ further: [TemplateContext.Root]) -> Template? {
        self.map["each"].map { self.templates("each", further).template($0) }
    }

    func reply(_ further: [TemplateContext.Root]) -> Template? {
        self.map["reply"].map { self.templates("reply", further).template($0) }
    }

    /// Reports one that is missing, unless something else may answer.
    func requiredReply(_ further: [TemplateContext.Root]) -> Template? {
        (self.place.mayAcknowledge ? self.map["reply"] : self.map.required("reply"))
            .map { self.templates("reply", further).template($0) }
    }

    /// The channels that the request names: at least one.
    func channels() -> [Operation.ChannelSource] {
        let example = self.place.isClient ? "{args.channel?}" : "{query.channel?}"
        guard let node = self.map.required("channels", hint: "write channels: [ \"\(example)\" ]") else { return [] }
        if case .list(let elements) = node.value, elements.isEmpty {
            self.faults.error("\"channels\" must name at least one channel", at: node.location)
        }
        return self.channelSources(node)
    }

    func channelSources(_ node: DocumentNode) -> [Operation.ChannelSource] {
        let templates = self.templates("channels")
        return node.elements.compactMap { element in
            guard let source = templates.channelSource(element, what: "a channel") else { return nil }
            self.compiler.check.check(element, source)
            return source
        }
    }

    /// The users that the request names.
    func users() -> [Operation.ChannelSource] {
        let templates = self.templates("users")
        return self.map["users"]?.elements.compactMap { templates.channelSource($0, what: "a user") } ?? []
    }

    // MARK: Operations

    func history() -> Operation.History? {
        let channels = self.channels()
        if let node = self.map["channels"], channels.count > 1 || channels.contains(where: \.isMany) {
            self.faults.error("a history is of one channel", at: node.location)
        }
        self.checkHistory(of: channels)
        let (limit, before, since) = (self.text("limit"), self.text("before"), self.text("since"))
        let item = self.item()
        let reply = self.requiredReply([.result, .channel])
        var history = Operation.History(channels: channels, item: item, reply: reply)
        history.limit = limit
        history.before = before
        history.since = since
        return history
    }

    func inbox() -> Operation.Inbox? {
        if self.compiler.events.allSatisfy({ $0.inboxAge == nil }) {
            self.faults.warning(
                "no event has an inbox, so this one stays empty", at: self.map.keyLocation("does"),
                hint: "write inbox: true under events:")
        }
        let (limit, since) = (self.text("limit"), self.text("since"))
        let item = self.item(knowsReading: true)
        let reply = self.requiredReply([.result])
        var inbox = Operation.Inbox(item: item, reply: reply)
        inbox.limit = limit
        inbox.since = since
        return inbox
    }

    func markRead() -> Operation? {
        if self.compiler.events.allSatisfy({ $0.inboxAge == nil }) {
            self.faults.warning(
                "no event has an inbox, so there is nothing to read", at: self.map.keyLocation("does"),
                hint: "write inbox: true under events:")
        }
        _ = self.map.required("notification", hint: "write notification: \"{args.notificationId}\"")
        let reply = self.reply([.result])
        return self.text("notification").map { .markRead(notification: $0, reply: reply) }
    }

    /// A history of channels that keep none is always empty.
    private func checkHistory(of channels: [Operation.ChannelSource]) {
        guard let node = self.map["channels"], case .text(let name)? = channels.first else { return }
        let named = self.compiler.channels.filter { $0.pattern.overlaps(name.pattern) }
        if !named.isEmpty, named.allSatisfy({ $0.history == nil }) {
            self.faults.error(
                "no such channel keeps a history", at: node.location,
                hint: "write history: { last: 100, for: 7d } under channels: \(named[0].pattern)")
        }
    }

    private func item(knowsReading: Bool = false) -> Template {
        guard let node = self.map["item"] else { return self.compiler.publication }
        return self.templates("item", [.publication, .channel], knowsReading: knowsReading).template(node)
    }
}

extension Operation.ChannelSource {
    var isMany: Bool { if case .text = self { false } else { true } }
}

extension [ChannelRules] {
    /// The parameters of all patterns, each once, but for `name`: `{channel.name}` is every channel's.
    var parameters: [String] { Set(self.flatMap(\.pattern.parameters)).subtracting(["name"]).sorted() }
}
