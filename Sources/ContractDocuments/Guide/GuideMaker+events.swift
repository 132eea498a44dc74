// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Who hears what.
extension GuideMaker {
    func channels() -> Guide.Section? {
        guard !self.outline.channels.isEmpty else { return nil }
        var section = Guide.Section(id: "channels", title: "Channels: who hears what")
        section.blocks.append(
            .paragraph(
                "Events go to channels, and a connection hears those that it is subscribed to. A name in braces is part of the channel's name: \(code: self.facts.listenedChannel ?? "order:{orderId}") stands for \(code: self.facts.exampleName(of: self.facts.listenedChannel ?? "order:{orderId}"))."
            ))
        section.entries = self.outline.channels.map(self.channel)
        return section
    }

    private func channel(_ channel: ChannelOutline) -> Guide.Entry {
        let all = self.outline.events + self.outline.apps.flatMap(\.events)
        let events = all.filter { $0.channels.contains(channel.pattern) }.map(\.name)
        var rows: [[Prose]] = []
        let who: Prose =
            channel.isInternal
            ? "nobody by himself: the server subscribes connections"
            : channel.rights.isEmpty
                ? "nobody" : .list(channel.rights.map { Prose($0) }, last: "or")
        rows.append(["Who may subscribe", who])
        if !channel.clientRights.isEmpty {
            rows.append(["Who may publish from a client", .list(channel.clientRights.map { Prose($0) }, last: "or")])
        }
        if !events.isEmpty { rows.append(["Events", .joined(events.map(self.eventLink), " ")]) }
        if let undeclared = channel.undeclared {
            rows.append([
                "Further events",
                undeclared == "any" || undeclared == "true"
                    ? "of any name that a backend chooses" : "named as \(code: undeclared)",
            ])
        }
        if let wildcard = channel.wildcard {
            rows.append(["All at once", "\(code: wildcard) stands for every channel of this kind"])
        }
        if !channel.keeps.isEmpty { rows.append(["Kept", .joined(channel.keeps.map { Prose($0) }, "; ")]) }
        return Guide.Entry(
            id: Anchor.id("channel", channel.pattern), name: channel.pattern,
            tags: channel.isInternal ? ["made by the server"] : [], keywords: channel.rights + events,
            blocks: [.table(Guide.Table(head: ["", ""], rows: rows))])
    }

    func events() -> Guide.Section? {
        guard !self.outline.events.isEmpty else { return nil }
        var section = Guide.Section(id: "events", title: "Events")
        if self.facts.isSocketIO {
            section.blocks.append(
                .paragraph(
                    "Each is an event of the socket with its payload, and behind it the id of the publication, which tells a repeated one: \(code: "socket.on(name, (data, id) => …)")."
                ))
        } else if let template = self.facts.template("publication") {
            var examples = self.facts.examples()
            examples.roots["publication"] = [
                "event": "the event's name", "data": ["…": "its payload"], "id": "its id",
                "time": .string(TemplateExamples.time),
            ]
            section.blocks.append(.paragraph("Each comes in a frame of this form:"))
            section.blocks.append(Self.json(examples.value(of: template)))
        }
        section.blocks.append(
            .paragraph("Members that are not in a table pass, too: do not refuse what you do not know."))
        section.entries = self.outline.events.map(self.event)
        return section
    }

    func event(_ event: EventOutline) -> Guide.Entry {
        var blocks: [Guide.Block] = []
        if let description = event.description { blocks.append(.paragraph(Self.sentence(description))) }
        blocks.append(.heading("Goes to"))
        if event.routes.isEmpty {
            blocks.append(.paragraph("The channels that its publisher names."))
        } else {
            blocks.append(
                .list(
                    event.routes.map { route in
                        // What is more than a name is in words.
                        route.contains(" ")
                            ? Prose(route)
                            : self.facts.pattern(like: route).map {
                                Prose([.codeLink(route, id: Anchor.id("channel", $0))])
                            }
                                ?? .code(route)
                    }))
        }
        var notes = event.notes.map(Self.sentence)
        if let kept = event.kept { notes.append("Kept for users who are away, for \(kept).") }
        if event.isEphemeral { notes.append("In no history: who is not there does not hear it.") }
        if !notes.isEmpty { blocks.append(.list(notes)) }
        let fields = self.facts.payloads[event.name].map { self.facts.book.fields(of: $0) } ?? []
        if fields.isEmpty {
            blocks.append(.paragraph("The contract says nothing of its payload: any JSON."))
        } else {
            blocks += [.heading("Payload"), .fields(fields)]
        }
        return Guide.Entry(
            id: Anchor.id("event", event.name), name: event.name, tags: event.app.map { ["app \($0)"] } ?? [],
            keywords: [event.description ?? ""] + event.channels + fields.map(\.name), blocks: blocks,
            samples: self.samples(of: event))
    }

    private func samples(of event: EventOutline) -> [Guide.Block] {
        var samples: [Guide.Block] = [.heading(self.facts.isSocketIO ? "Payload" : "As it comes")]
        samples.append(
            Self.json(
                self.facts.frame(of: event).flatMap { self.facts.isSocketIO ? nil : $0 }
                    ?? self.facts.example(of: event)))
        for example in event.examples.dropFirst().compactMap({ DocumentValue(parsing: $0) }) {
            samples += [.heading("Or with"), Self.json(example)]
        }
        let schema = self.facts.payloads[event.name] ?? true
        let type = TypeScriptTypes(book: self.facts.book).text(of: schema)
        let object = self.facts.isSocketIO ? "socket" : "connection"
        let handler =
            "type Payload = \(type);\n\n\(object).on(\(Snippets.quoted(event.name)), (data: Payload) => {\n  console.log(data);\n});"
        samples.append(
            .choice([
                Guide.Choice(name: "TypeScript", code: Guide.Code(language: "ts", text: handler)),
                Guide.Choice(name: "Publish it (curl)", code: self.snippets.publishing(event)),
            ]))
        return samples
    }
}
