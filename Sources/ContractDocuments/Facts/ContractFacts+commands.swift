// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

extension ContractFacts {
    /// What a client sends, without the key that names the command of a plain client.
    func exampleArguments(of command: CommandOutline) -> DocumentValue {
        if let schema = self.arguments[command.name] {
            guard case .object(var object) = self.book.example(of: schema, hints: self.hints) else { return [:] }
            object[self.outline.commandKey] = nil
            return .object(object)
        }
        // Without a schema: what its templates need, and of several ways to name channels the first.
        let rule = DocumentValue(parsing: command.rule) ?? .null
        var object = DocumentObject()
        for text in command.channels.prefix(1).map({ $0 }) + Self.needed(in: rule) {
            for place in TemplateText(text).places where place.path.first == "args" && place.path.count == 2 {
                guard object[place.path[1]] == nil, place.path[1] != self.outline.commandKey else { continue }
                let value: DocumentValue =
                    self.listenedChannel.map { .string(self.exampleName(of: $0)) } ?? "channel"
                let isName = TemplateText(text).onlyPlace != nil && command.channels.contains(text)
                object[place.path[1]] =
                    isName
                    ? (place.isSpread ? [value] : value) : self.hints[place.path[1]] ?? .string(place.path[1])
            }
        }
        return .object(object)
    }

    /// Texts whose places must have a value.
    private static func needed(in rule: DocumentValue) -> [String] {
        rule.members.filter { !["channels", "reply", "each", "ack", "fail", "emit"].contains($0.key) }
            .flatMap(\.value.texts)
            .filter { text in TemplateText(text).places.contains { !$0.isOptional && $0.fallback == nil } }
    }

    /// The message of a plain client: `{"type":"subscribe","channel":"…"}`.
    func message(of command: CommandOutline) -> DocumentValue {
        var object = DocumentObject()
        object[self.outline.commandKey] = .string(command.name)
        for member in self.exampleArguments(of: command).members { object[member.key] = member.value }
        return .object(object)
    }

    /// The places of a command's answers, filled for its example.
    func examples(of command: CommandOutline) -> TemplateExamples {
        let arguments = self.exampleArguments(of: command)
        var known = self.examples()
        known.roots["args"] = arguments
        let name = command.channels.lazy.compactMap { known.text(of: $0) ?? known.firstText(of: $0) }.first {
            !$0.isEmpty
        }
        var channel = DocumentObject()
        if let name {
            channel["name"] = .string(name)
            let pattern = self.outline.channels.first { self.matches(name, $0) }
            for parameter in pattern?.parameters ?? [] {
                channel[parameter] = .string(self.exampleParameter(parameter))
            }
            known.roots["channel"] = .object(channel)
            known.set("result", "channels", [.string(name)])
            let record = pattern.flatMap { self.record(of: $0.pattern) } ?? .null
            known.set("result", "record", record)
            let rule = DocumentValue(parsing: command.rule)
            let key = rule?["by"]?.text.flatMap { known.text(of: $0) } ?? name
            let item = rule?["item"].map { known.value(of: $0) } ?? record
            known.set("result", "records", .object(DocumentObject([.init(key: key, value: item)])))
        }
        let rule = DocumentValue(parsing: command.rule)
        if let item = rule?["item"] ?? self.template("publication") {
            let one = known.value(of: item)
            known.set("result", "publications", [one])
            known.set("result", "items", [one])
        }
        if let event = command.event.flatMap({ name in self.outline.events.first { $0.name == name } }) {
            known.roots["publication"] = self.publication(of: event)
        }
        known.roots["command"] = ["name": .string(command.name)]
        return known
    }

    private func matches(_ name: String, _ channel: ChannelOutline) -> Bool {
        let parts = TemplateText(channel.pattern).parts
        guard case .text(let prefix)? = parts.first else { return false }
        return parts.count == 1 ? name == prefix : name.hasPrefix(prefix)
    }

    /// The schema of what a template becomes for a command, with what is known of its arguments.
    func schema(of template: DocumentValue, arguments: DocumentValue?, body: DocumentValue? = nil) -> DocumentValue {
        var schemas = TemplateSchemas(book: self.book)
        schemas.roots["args"] = arguments
        schemas.roots["body"] = body
        return schemas.schema(of: template)
    }
}

extension ContractFacts {
    /// The path of a request with values for its parameters.
    func examplePath(of route: RouteOutline) -> String {
        TemplateText(route.path).parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let place):
                PercentText.encoded(self.exampleParameter(place.path.last ?? "id"), keeping: ":")
            }
        }.joined()
    }

    /// What is sent with a request; a publish is of an event that there is.
    func exampleBody(of route: RouteOutline) -> DocumentValue? {
        guard let schema = self.bodies[route.key] else { return nil }
        let body = self.book.example(of: schema, hints: self.hints)
        guard case .object(var object) = body, route.does == "publish",
            let place = route.event.flatMap({ TemplateText($0).onlyPlace }), place.path.count == 2,
            place.path[0] == "body"
        else { return body }
        let known = self.book.flat(schema)["properties"]
        let event = route.sender == "app" ? self.outline.apps.flatMap(\.events).first : self.outline.events.first
        object[place.path[1]] = .string(
            event?.name ?? (route.sender == "app" ? "lottery:draw_started" : "announcement"))
        if known?["data"] != nil { object["data"] = event.map { self.example(of: $0) } ?? ["drawNumber": 1] }
        return .object(object)
    }
}

extension TemplateExamples {
    /// Of a place that spreads an array, its first element.
    func firstText(of template: String) -> String? {
        guard let place = TemplateText(template).onlyPlace, place.isSpread else { return nil }
        return self.value(at: place.path)?.elements.first?.text
    }
}
