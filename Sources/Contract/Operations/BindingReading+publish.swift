// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

extension BindingReading {
    func publish() -> Operation.Publish? {
        let eventNode = self.map.required(
            "event", hint: "the event's name, or where it stands: event: \"{args.event}\"")
        let event = eventNode.flatMap { node -> TextTemplate? in
            guard node.nonEmptyText("\"event\"", self.faults) != nil else { return nil }
            return self.templates("event").text(node, what: "\"event\"")
        }
        let data = self.map["data"].map { self.templates("data").template($0) } ?? Template(.json(Array("{}".utf8)))
        let channels = self.map["channels"].map(self.channelSources) ?? []
        let users = self.users()
        let otherwise = self.otherwise()
        let reply = self.reply([.result])
        if let node = self.map["users"], self.compiler.channels.allSatisfy({ !$0.isUserChannel }) {
            self.faults.error(
                "no channel is a user's own, so users cannot be sent anything", at: node.location,
                hint: "declare one under channels: \"user:{userId}\": { subscribe: { user: \"{userId}\" } }")
        }
        if self.place.isClient, self.compiler.channels.allSatisfy({ $0.clientPublish.isEmpty }) {
            self.faults.error(
                "clients may publish to no channel", at: self.map.keyLocation("does"),
                hint: "say under channels: who may, such as clientPublish: member")
        }
        guard let eventNode, let event else { return nil }
        self.checkEvent(event, at: eventNode, namesChannels: !channels.isEmpty || !users.isEmpty || !otherwise.isEmpty)
        var publish = Operation.Publish(event: event, data: data)
        publish.channels = channels
        publish.users = users
        publish.otherwise = otherwise
        publish.reply = reply
        publish.usesNewID = self.uses.sources.contains(.newID)
        return publish
    }

    /// Names of channels, without places.
    private func otherwise() -> [String] {
        self.map["otherwise"]?.elements.compactMap { element in
            guard let text = element.nonEmptyText("a channel", self.faults) else { return nil }
            let context = TemplateContext(name: "\"otherwise\"", roots: [])
            guard
                let template = TemplateCompiler(context: context, faults: self.faults).text(element, what: "a channel")
            else { return nil }
            self.compiler.check.check(element, template)
            return template.literal ?? text
        } ?? []
    }

    /// An event whose name is written out must be one that can be published so.
    private func checkEvent(_ event: TextTemplate, at node: DocumentNode, namesChannels: Bool) {
        guard let name = event.literal else { return }
        guard let type = self.compiler.events.first(where: { $0.name == name }) else {
            if namesChannels && self.compiler.channels.contains(where: \.acceptsUndeclaredEvents) { return }
            self.faults.error(
                "there is no event \"\(name)\"", at: node.location,
                hint: Spelling.suggestion(for: name, among: self.compiler.events.map(\.name))
                    ?? "declare it under events:")
            return
        }
        if type.routes.isEmpty && !namesChannels {
            self.faults.error(
                "\(name) goes nowhere", at: node.location,
                hint: "say where under events: \(name): to:, or here with channels or users")
        }
    }
}

extension TextTemplate {
    /// The text, when it has no places.
    fileprivate var literal: String? {
        var text = ""
        for part in self.parts {
            guard case .literal(let literal) = part else { return nil }
            text += literal
        }
        return text
    }
}
