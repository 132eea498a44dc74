// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// Commands, and the frames that the server sends.
struct CommandComparison {
    let old: ContractOutline
    let new: ContractOutline

    func compare(into notes: inout ChangeNotes) {
        if self.old.commandKey != self.new.commandKey {
            notes.breaking(
                .clients, self.place,
                "commands have their name in \"\(self.new.commandKey)\", had it in \"\(self.old.commandKey)\"",
                "no command of theirs is understood")
        }
        for command in self.old.commands {
            guard
                let other = self.new.commands.first(where: {
                    $0.name == command.name && $0.isForApps == command.isForApps
                })
            else {
                notes.breaking(
                    .clients, command.location, "command \(command.name) is gone", "whoever sends it is refused")
                continue
            }
            self.compare(command, other, into: &notes)
        }
        for command in self.new.commands where !self.old.commands.contains(where: { $0.name == command.name }) {
            notes.safe(.clients, command.location, "command \(command.name) is new", "nobody relies on it yet")
        }
        self.compareFrames(into: &notes)
    }

    private var place: SourceLocation {
        self.new.commands.first?.location ?? SourceLocation(file: self.new.file, line: 1, column: 1)
    }

    private func compare(_ a: CommandOutline, _ b: CommandOutline, into notes: inout ChangeNotes) {
        let name = "command \(a.name)"
        if a.does != b.does || a.event != b.event {
            notes.breaking(
                .clients, b.location,
                "\(name) does \(b.does)\(b.event.map { " of \($0)" } ?? ""), did \(a.does)\(a.event.map { " of \($0)" } ?? "")",
                "something else happens when it is sent")
        }
        Self.compareSent(a.schema, b.schema, name, .clients, b.location, self.old, self.new, into: &notes)
        for channel in a.channels where !b.channels.contains(channel) {
            notes.breaking(
                .clients, b.location, "\(name) does not take \(channel) any more",
                "channels that are named so are not found")
        }
        let templates = [
            ("the answer", a.reply, b.reply), ("the answer for each", a.each, b.each), ("the ack", a.ack, b.ack),
            ("the ack of a refusal", a.fail, b.fail),
        ]
        for (part, was, isNow) in templates {
            Self.compareTemplates(was, isNow, "\(name): \(part)", .clients, b.location, into: &notes)
        }
        for (part, was, isNow) in [("", a.emits, b.emits), (" without an ack", a.emitsWithoutAck, b.emitsWithoutAck)] {
            for emission in was {
                let other = isNow.first { $0.event == emission.event }?.template
                Self.compareTemplates(
                    emission.template, other, "\(name): the event \(emission.event)\(part)", .clients, b.location,
                    into: &notes)
            }
        }
    }

    private func compareFrames(into notes: inout ChangeNotes) {
        for frame in self.old.frames {
            guard let other = self.new.frames.first(where: { $0.name == frame.name }) else {
                notes.breaking(
                    .clients, frame.location, "the frame \(frame.name) is not sent any more", "clients wait for it")
                continue
            }
            Self.compareTemplates(
                frame.template, other.template, "the frame \(frame.name)", .clients, other.location, into: &notes)
        }
        for frame in self.new.frames where !self.old.frames.contains(where: { $0.name == frame.name }) {
            notes.notable(
                .clients, frame.location, "the frame \(frame.name) is sent", "clients must ignore what they do not know"
            )
        }
    }

    /// What somebody sends to the server.
    static func compareSent(
        _ a: String?, _ b: String?, _ name: String, _ affected: ContractChange.Affected, _ location: SourceLocation,
        _ old: ContractOutline, _ new: ContractOutline, into notes: inout ChangeNotes
    ) {
        var schemas = SchemaComparison(old: EventComparison.schemas(old), new: EventComparison.schemas(new))
        for difference in schemas.differences(a, b) {
            let what = "\(name): \(difference.what)"
            switch difference.effect {
            case .narrower: notes.breaking(affected, location, what, "what they send as before may be refused")
            case .wider, .moreValues, .looser, .newField: notes.safe(affected, location, what, "more is accepted")
            case .lostField: notes.notable(affected, location, what, "it is not looked at any more")
            }
        }
    }

    /// What the server sends.
    static func compareTemplates(
        _ a: String?, _ b: String?, _ name: String, _ affected: ContractChange.Affected, _ location: SourceLocation,
        into notes: inout ChangeNotes
    ) {
        guard let a else {
            if b != nil { notes.safe(affected, location, "\(name) is new", "nobody relies on it yet") }
            return
        }
        guard let b else {
            return notes.breaking(
                affected, location, "\(name) is not sent any more", "whoever waits for it waits in vain")
        }
        for difference in TemplateComparison.differences(a, b) {
            let what = "\(name): \(difference.what)"
            if difference.isBreaking {
                notes.breaking(affected, location, what, "whoever reads it finds something else")
            } else {
                notes.safe(affected, location, what, "those who do not know it ignore it")
            }
        }
    }
}
