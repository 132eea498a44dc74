// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import JSON
import Realtime

/// Gives every object of a contract's schemas a name, and finds out what is sent with which event and command.
final class CodeModelBuilder {
    /// What becomes of an event's payload.
    enum EventStyle {
        /// It has the type of its schema, which several events may share.
        case shared
        /// Each event has a declaration of its own.
        case own
    }

    private let outline: ContractOutline
    private let style: EventStyle
    private let reader: SchemaReader
    private let table: DeclarationTable

    /// - Parameter reserved: names that declarations may not have.
    init(_ outline: ContractOutline, events style: EventStyle, reserved: Set<String>) {
        self.outline = outline
        self.style = style
        let schemas = outline.schemas.compactMap { schema in
            (try? JSONDocument(parsing: schema.json, maximumDepth: 128)).map { (schema.name, $0.root) }
        }
        self.reader = SchemaReader(schemas: schemas)
        self.table = DeclarationTable(
            reader: self.reader, schemas: schemas, choices: style == .own ? .named : .written, reserved: reserved)
    }

    func model() -> CodeModel {
        let apps = self.outline.apps.flatMap(\.events)
        var events: [CodeModel.Event] = []
        switch self.style {
        case .shared:
            self.table.declareSchemas()
            events = (self.outline.events + apps).map(self.event)
        case .own:
            // Events choose their names first, as these are what a program is written with.
            let all = self.outline.events + apps
            let names = all.map { self.table.take(Identifier.pascal($0.name), suffix: "Event") }
            events = zip(all, names).map { self.event($0, named: $1) }
        }
        let dialect = self.outline.dialect
        // What the Swift client sends by itself is no command of programs.
        let own = self.style == .own ? [dialect?.subscribe?.name, dialect?.unsubscribe?.name, dialect?.ping] : []
        let commands = self.outline.commands.filter {
            !$0.isForApps && $0.name != "{app}:*" && !own.contains($0.name)
        }.map(self.command)
        let known = Set(events.map(\.name))
        let notices = self.notices(besides: known)
        let socketNotices = self.outline.dialect == nil ? notices : self.socketNotices(besides: known)
        return CodeModel(
            declarations: self.table.declarations, events: events, notices: notices, socketNotices: socketNotices,
            commands: commands)
    }

    // MARK: Events

    private func event(_ event: EventOutline) -> CodeModel.Event {
        let payload = self.payload(of: event)
        return CodeModel.Event(
            name: event.name, notes: Self.notes(of: event),
            payload: self.table.lower(payload, as: Identifier.pascal(event.name)), isOfApp: event.isApp)
    }

    /// With a declaration under a name that is taken for it.
    private func event(_ event: EventOutline, named name: String) -> CodeModel.Event {
        let payload = self.reader.resolved(self.payload(of: event))
        self.table.declare(name, payload, notes: Self.notes(of: event), event: event.name)
        return CodeModel.Event(
            name: event.name, notes: Self.notes(of: event), payload: .named(name), isOfApp: event.isApp)
    }

    private func payload(of event: EventOutline) -> TypeModel {
        let key = "event \(event.app.map { "\($0) " } ?? "")\(event.name)"
        let type = self.type(event.schema, key: key)
        // A payload that holds another of its kind needs a name.
        return self.reader.referenced.contains(key) ? .named(key) : type
    }

    private static func notes(of event: EventOutline) -> [String] {
        [event.description].compactMap(\.self) + event.notes
    }

    /// What else comes under an event's name: frames that no shape of the dialect fits.
    private func notices(besides known: Set<String>) -> [CodeModel.Event] {
        guard let dialect = self.outline.dialect else { return self.socketNotices(besides: known) }
        var found: [(name: String, type: TypeModel)] = []
        for frame in self.outline.frames where ["resume", "lost", "expired"].contains(frame.name) {
            self.collect(frame.template, .map(.anything), dialect, into: &found)
        }
        for command in self.outline.commands {
            for template in [command.reply, command.each].compactMap(\.self) {
                self.collect(template, self.message(of: command), dialect, command, into: &found)
            }
        }
        return self.named(found, besides: known)
    }

    /// What Socket.IO clients get besides: events that follow a command, or tell of an error or an end.
    private func socketNotices(besides known: Set<String>) -> [CodeModel.Event] {
        guard self.hasSocketIO else { return [] }
        var found: [(name: String, type: TypeModel)] = []
        for frame in self.outline.frames
        where ["error", "connected", "unsubscribed", "resume", "lost"].contains(frame.name) {
            if frame.isDefault && frame.name != "error" { continue }
            found.append((frame.name, self.type(ofTemplate: frame.template, .map(.anything))))
        }
        for command in self.outline.commands where !command.isForApps {
            for emission in command.emits + command.emitsWithoutAck {
                found.append((emission.event, self.type(ofTemplate: emission.template, self.message(of: command))))
            }
        }
        for notice in self.outline.expiryNotices {
            found.append((notice.event, self.type(ofTemplate: notice.template, .map(.anything))))
        }
        return self.named(found, besides: known)
    }

    private func named(
        _ found: [(name: String, type: TypeModel)], besides known: Set<String>
    ) -> [CodeModel.Event] {
        var notices: [CodeModel.Event] = []
        for (name, type) in found where !known.contains(name) && !notices.contains(where: { $0.name == name }) {
            let payload = self.table.lower(type, as: Identifier.pascal(name) + "Notice")
            notices.append(CodeModel.Event(name: name, notes: [], payload: payload, isOfApp: false))
        }
        return notices
    }

    private var hasSocketIO: Bool { self.outline.endpoints.contains(where: \.isSocketIO) }

    /// A frame that is an event to clients of this dialect.
    private func collect(
        _ template: String, _ arguments: TypeModel, _ dialect: DialectOutline, _ command: CommandOutline? = nil,
        into found: inout [(name: String, type: TypeModel)]
    ) {
        let frame = self.type(ofTemplate: template, arguments, command)
        guard case .literal(.string(let name)) = Self.member(dialect.event.name, of: frame) else { return }
        let shapes = [dialect.welcome, dialect.subscribed, dialect.unsubscribed, dialect.pong, dialect.error]
        let isControl = shapes.compactMap(\.self).contains { shape in
            shape.fixed.allSatisfy { Self.member($0.name, of: frame) == .literal(.string($0.value)) }
        }
        guard !isControl, let data = Self.member(dialect.event.data, of: frame) else { return }
        found.append((name, data))
    }

    private static func member(_ path: String, of type: TypeModel) -> TypeModel? {
        var type = type
        for key in path.split(separator: ".") {
            guard case .object(let object) = type, let member = object[String(key)] else { return nil }
            type = member.type
        }
        return type
    }

    // MARK: Commands

    private func command(_ command: CommandOutline) -> CodeModel.Command {
        let message = self.message(of: command)
        let name = Identifier.pascal(command.name)
        let data = command.schema == nil ? message : self.data(of: message)
        let member = command.schema == nil ? nil : self.outline.dialect?.data
        let arguments = self.table.lower(data, as: "\(name)Request\(member.map { Identifier.pascal($0) } ?? "")")
        let isPlain = self.outline.dialect != nil
        let reply = isPlain ? command.reply ?? command.each : nil
        let refusal = command.fail ?? self.outline.frames.first { $0.name == "fail" }?.template
        return CodeModel.Command(
            name: command.name, arguments: arguments, mayOmitArguments: self.mayBeEmpty(data),
            reply: reply.map { self.table.lower(self.type(ofTemplate: $0, message, command), as: "\(name)Reply") },
            acknowledgement: self.acknowledgement(of: command, message, refusal: refusal),
            refusal: !self.hasSocketIO
                ? nil
                : refusal.map {
                    self.table.lower(self.type(ofTemplate: $0, message), as: self.refusalName(command, name))
                },
            message: member == nil || !self.hasSocketIO ? arguments : self.table.lower(message, as: "\(name)Message"))
    }

    /// What a callback gets. Where each choice has a name, the refusal is one of two.
    private func acknowledgement(of command: CommandOutline, _ message: TypeModel, refusal: String?) -> TypeModel? {
        guard let template = command.ack else { return nil }
        let name = Identifier.pascal(command.name)
        let type = self.type(ofTemplate: template, message, command)
        let answer = self.table.lower(type, as: "\(name)Answer")
        guard self.style == .own, self.outline.dialect == nil, let refusal, case .object(let granted) = type,
            case .object(let refused) = self.type(ofTemplate: refusal, message)
        else { return answer }
        let other = self.table.lower(.object(refused), as: self.refusalName(command, name))
        // Whoever reads them takes the first that fits: the one that has what the other lacks comes first.
        let isPlain = refused.members.contains { $0.isRequired && granted[$0.name] == nil }
        return self.table.choice(.oneOf(isPlain ? [other, answer] : [answer, other]), as: "\(name)Result")
    }

    /// A refusal that all commands share has one name.
    private func refusalName(_ command: CommandOutline, _ name: String) -> String {
        command.fail == nil ? "Refusal" : "\(name)Refusal"
    }

    /// The whole message, the command's name left out.
    private func message(of command: CommandOutline) -> TypeModel {
        guard command.schema != nil else { return self.guessed(command) }
        let type = self.type(command.schema, key: "command \(command.name)")
        guard self.outline.dialect != nil, case .object(var object) = self.reader.resolved(type),
            object[self.outline.commandKey] != nil
        else { return type }
        object.members.removeAll { $0.name == self.outline.commandKey }
        return object.members.isEmpty ? .map(.anything) : .object(object)
    }

    /// What a program hands over as the command's data.
    private func data(of message: TypeModel) -> TypeModel {
        guard let key = self.outline.dialect?.data else { return message }
        guard case .object(let object) = self.reader.resolved(message) else { return .map(.anything) }
        return object[key]?.type ?? .map(.anything)
    }

    private func mayBeEmpty(_ type: TypeModel) -> Bool {
        switch self.reader.resolved(type) {
        case .object(let object): object.members.allSatisfy { !$0.isRequired }
        case .map, .anything: true
        default: false
        }
    }

    /// Without a schema: the members that the command looks at.
    private func guessed(_ command: CommandOutline) -> TypeModel {
        guard let rule = try? JSONDocument(parsing: command.rule, maximumDepth: 128).root else {
            return .map(.anything)
        }
        var object = ObjectModel()
        for (path, text) in rule.allTexts() {
            for case .parameter(let place) in PlaceScanner.parts(of: text) where place.hasPrefix("args.") {
                var keys = place.dropFirst(5).prefix { !"?|".contains($0) }.split(separator: ".")[...]
                // What may stand in the data as well as beside the command is one thing to a client.
                if keys.count > 1, let key = self.outline.dialect?.data, keys.first.map(String.init) == key {
                    keys = keys.dropFirst()
                }
                guard let first = keys.first else { continue }
                let name = first.hasSuffix("[]") ? String(first.dropLast(2)) : String(first)
                guard object[name] == nil else { continue }
                let isName = Self.namingKeys.contains(path.first ?? "")
                let one: TypeModel = isName && keys.count == 1 ? .string : .anything
                object.members.append(
                    .init(
                        name: name, type: first.hasSuffix("[]") && isName ? .oneOf([.string, .array(.string)]) : one,
                        isRequired: false))
            }
        }
        return object.members.isEmpty ? .map(.anything) : .object(object)
    }

    private static let namingKeys: Set<String> = [
        "channels", "users", "since", "before", "notification", "token", "app",
    ]

    // MARK: Types

    private func type(_ schema: String?, key: String) -> TypeModel {
        guard let schema, let document = try? JSONDocument(parsing: schema, maximumDepth: 128) else { return .anything }
        return self.reader.type(of: document.root, key: key)
    }

    private func type(
        ofTemplate template: String, _ arguments: TypeModel, _ command: CommandOutline? = nil
    ) -> TypeModel {
        guard let document = try? JSONDocument(parsing: template, maximumDepth: 128) else { return .anything }
        var types = TemplateTypes(reader: self.reader, arguments: arguments)
        if let rule = try? command.map({ try JSONDocument(parsing: $0.rule, maximumDepth: 128) }),
            let item = rule.root["item"]
        {
            types.item = types.type(of: item)
        }
        return types.type(of: document.root)
    }
}

extension JSONNode {
    /// Every text in the value with the path of member names that leads to it.
    fileprivate func allTexts(at path: [String] = []) -> [(path: [String], text: String)] {
        switch self.kind {
        case .string: [(path, self.string ?? "")]
        case .object: self.members.flatMap { $0.value.allTexts(at: path + [$0.name]) }
        case .array: self.elements.flatMap { $0.allTexts(at: path) }
        default: []
        }
    }
}
