// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// What clients send, and what the server sends by itself.
extension GuideMaker {
    func commands() -> Guide.Section? {
        let commands = self.outline.commands.filter { !$0.isForApps }
        guard !commands.isEmpty else { return nil }
        var section = Guide.Section(id: "commands", title: "Commands: what clients send")
        if self.facts.isSocketIO {
            section.blocks.append(
                .paragraph("A command is an event with one object; give a callback and it is answered exactly once."))
        } else {
            section.blocks.append(
                .paragraph("A command is a JSON text; its \(code: self.outline.commandKey) says which."))
        }
        section.entries = commands.map(self.command)
        return section
    }

    private func command(_ command: CommandOutline) -> Guide.Entry {
        var blocks: [Guide.Block] = [.paragraph(Prose(CommandWords.meaning(command)))]
        if command.does == "subscribe" {
            blocks.append(
                .paragraph(
                    self.facts.isSocketIO
                        ? "Of several channels all are granted, or none."
                        : "Each channel is granted or refused by itself."))
        }
        let fields = self.facts.arguments[command.name].map { self.facts.book.fields(of: $0) } ?? []
        if !fields.isEmpty { blocks += [.heading("Members"), .fields(fields)] }
        if fields.isEmpty, !command.channels.isEmpty {
            let places = command.channels.map(Self.place)
            blocks.append(.paragraph("The channels stand in \(Prose.list(places, last: "or"))."))
        }
        return Guide.Entry(
            id: Anchor.id("command", command.name), name: command.name, tags: [command.does],
            keywords: fields.map(\.name) + command.channels, blocks: blocks,
            samples: self.facts.isSocketIO ? self.socketIOSamples(command) : self.plainSamples(command))
    }

    /// Where a message names channels: `channels`, a list.
    private static func place(_ channel: String) -> Prose {
        let text = TemplateText(channel)
        guard let place = text.onlyPlace, place.path.first == "args" else {
            let name = text.parts.map { part in
                switch part {
                case .text(let plain): plain
                case .place(let place): "{\(place.path.drop { $0 == "args" }.joined(separator: "."))}"
                }
            }
            return .code(name.joined())
        }
        let path = place.path.dropFirst().joined(separator: ".")
        return place.isSpread ? "\(code: path), a list" : "\(code: path)"
    }

    private func plainSamples(_ command: CommandOutline) -> [Guide.Block] {
        var samples: [Guide.Block] = [.heading("Send"), Self.json(self.facts.message(of: command))]
        let examples = self.facts.examples(of: command)
        for (title, text) in [("Answer", command.reply), ("Answer, for each", command.each)] {
            guard let template = text.flatMap({ DocumentValue(parsing: $0) }) else { continue }
            samples += [.heading(title), Self.json(examples.value(of: template))]
        }
        if command.reply == nil, command.each == nil {
            samples.append(.paragraph("It is not answered, unless it is refused."))
        }
        return samples
    }

    private func socketIOSamples(_ command: CommandOutline) -> [Guide.Block] {
        let arguments = Snippets.inline(self.facts.exampleArguments(of: command))
        let call =
            "socket.emit(\(Snippets.quoted(command.name)), \(arguments), (answer) => {\n  console.log(answer);\n});"
        var samples: [Guide.Block] = [.heading("Send"), .code(Guide.Code(language: "js", text: call))]
        let examples = self.facts.examples(of: command)
        if let template = command.ack.flatMap({ DocumentValue(parsing: $0) }) {
            samples += [.heading("Callback"), Self.json(examples.value(of: template))]
        }
        if let template = command.fail.flatMap({ DocumentValue(parsing: $0) }) ?? self.facts.template("fail") {
            var refused = examples
            refused.roots["error"] = ["code": "FORBIDDEN", "message": "Not allowed", "status": 403]
            if let forbidden = self.outline.errors.first(where: { $0.code == "forbidden" }) {
                refused.set("error", "code", .string(forbidden.publicCode))
                refused.set("error", "message", .string(forbidden.message ?? "Not allowed"))
            }
            samples += [.heading("Callback, when it is refused"), Self.json(refused.value(of: template))]
        }
        for emission in command.emits {
            guard let template = DocumentValue(parsing: emission.template) else { continue }
            samples += [.heading("Then the event \(emission.event)"), Self.json(examples.value(of: template))]
        }
        for emission in command.emitsWithoutAck {
            guard let template = DocumentValue(parsing: emission.template) else { continue }
            samples += [
                .heading("Without a callback, the event \(emission.event)"), Self.json(examples.value(of: template)),
            ]
        }
        return samples
    }

    // MARK: Frames

    func frames() -> Guide.Section? {
        let entries = self.outline.frames.compactMap(self.frame)
        guard !entries.isEmpty else { return nil }
        return Guide.Section(
            id: "frames", title: "What the server says by itself",
            blocks: self.facts.isSocketIO
                ? [.paragraph("Each is an event of this name with the object beside it.")] : [], entries: entries)
    }

    private func frame(_ frame: FrameOutline) -> Guide.Entry? {
        guard let meaning = CommandWords.frames[frame.name], let template = DocumentValue(parsing: frame.template),
            !(self.facts.isSocketIO && frame.name == "publication")
        else { return nil }
        if frame.isDefault, frame.name == "problem", self.outline.routes.isEmpty { return nil }
        var examples = self.facts.examples()
        let shown = self.outline.errors.first { $0.code == "forbidden" }
        examples.roots["error"] = [
            "code": .string(shown?.publicCode ?? "forbidden"), "status": 403,
            "message": "Not authorized",
            "channel": .string(self.facts.exampleName(of: self.facts.listenedChannel ?? "global")),
        ]
        if let message = shown?.message.flatMap({ examples.text(of: $0) }) {
            examples.set("error", "message", .string(message))
        }
        return Guide.Entry(
            id: Anchor.id("frame", frame.name), name: frame.name, blocks: [.paragraph(Prose(meaning))],
            samples: [Self.json(examples.value(of: template))])
    }
}
