// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Derives the dialect of a plain WebSocket contract from its frames and commands.
struct DialectReader {
    let definition: PlatformDefinition
    let root: JSONNode

    func dialect() -> DialectOutline {
        let subscribe = self.command(doing: "subscribe")
        let unsubscribe = self.command(doing: "unsubscribe")
        let ping = self.commands.first { $0.value["does"]?.string == "reply" && $0.name.lowercased() == "ping" }
        let frames = self.root["frames"]
        var dialect = DialectOutline(
            command: self.definition.commandKey, event: self.event(frames?["publication"]))
        dialect.subscribe = subscribe.map(self.channelCommand)
        dialect.unsubscribe = unsubscribe.map(self.channelCommand)
        dialect.ping = ping?.name
        dialect.data = self.dataMember()
        dialect.welcome = (frames?["connected"]).flatMap { self.shape($0) }
        dialect.subscribed = subscribe.flatMap { self.answer($0.value) }
        dialect.unsubscribed =
            unsubscribe.flatMap { self.answer($0.value) }
            ?? (frames?["unsubscribed"]).flatMap { self.channelShape($0) }
        dialect.pong = ping.flatMap { $0.value["reply"] }.flatMap { self.shape($0) }
        dialect.error = self.error(frames?["error"])
        dialect.token = self.token()
        if let ask = self.root["recovery"]?["ask"]?.scalarText, ask.hasPrefix("query.") {
            let since = (subscribe?.value["since"]?.scalarText).flatMap(self.member)
            dialect.positions = DialectOutline.Positions(query: String(ask.dropFirst(6)), since: since)
        }
        return dialect
    }

    private var commands: [JSONNode.Member] { self.root["commands"].map { Array($0.members) } ?? [] }

    private func command(doing operation: String) -> JSONNode.Member? {
        self.commands.first { $0.value["does"]?.string == operation }
    }

    /// The member of the message that a text like `{args.channels[]?}` stands for.
    private func member(_ text: String) -> String? {
        guard let place = PlaceScanner.only(text), place.hasPrefix("args.") else { return nil }
        let path = place.dropFirst(5)
        return path.hasSuffix("[]") ? String(path.dropLast(2)) : String(path)
    }

    private func channelCommand(_ command: JSONNode.Member) -> DialectOutline.ChannelCommand {
        var result = DialectOutline.ChannelCommand(name: command.name)
        let texts = command.value["channels"]?.texts().map(\.text) ?? []
        for text in texts {
            guard let member = self.member(text) else { continue }
            // The first of each kind; what comes later is another way to say the same.
            if text.contains("[]") {
                if result.channels == nil { result.channels = member }
            } else if result.channel == nil {
                result.channel = member
            }
        }
        return result
    }

    /// Where commands look for what they are told: all in one member, or beside the command.
    private func dataMember() -> String? {
        let wanted = self.commands.filter { !["subscribe", "unsubscribe"].contains($0.value["does"]?.string ?? "") }
        var members: Set<String> = []
        for command in wanted {
            for (_, text) in command.value.texts() {
                for case .parameter(let place) in PlaceScanner.parts(of: text) where place.hasPrefix("args.") {
                    let path = place.dropFirst(5).split(separator: ".")
                    guard path.count > 1, let first = path.first else { return nil }
                    members.insert(String(first))
                }
            }
        }
        return members.count == 1 ? members.first : nil
    }

    /// How the answer to a command on channels looks, whether there is one for each or one for all.
    private func answer(_ command: JSONNode) -> DialectOutline.Shape? {
        (command["each"] ?? command["reply"]).flatMap { self.channelShape($0) }
    }

    private func channelShape(_ template: JSONNode) -> DialectOutline.Shape? {
        self.shape(
            template,
            [
                ("channel", ["channel.name"]), ("channels", ["result.channels"]), ("recovered", ["result.recovered"]),
            ])
    }

    private func error(_ written: JSONNode?) -> DialectOutline.Shape? {
        guard let written else {
            return DialectOutline.Shape(
                fixed: [.init(name: "type", value: "error")], members: [.init(name: "message", value: "message")])
        }
        return self.shape(
            written,
            [
                ("message", ["error.message"]), ("code", ["error.code", "error.status"]),
                ("channel", ["channel.name", "error.channel"]),
            ])
    }

    /// A template's fixed texts, and where it tells what has the given places. `nil`: nothing of it is fixed.
    private func shape(_ template: JSONNode, _ told: [(name: String, places: [String])] = []) -> DialectOutline.Shape? {
        var shape = DialectOutline.Shape(fixed: [], members: [])
        let texts = template.texts()
        for (path, text) in texts where !path.isEmpty {
            let isFixed = !PlaceScanner.parts(of: text).contains { if case .parameter = $0 { true } else { false } }
            if isFixed { shape.fixed.append(.init(name: path.joined(separator: "."), value: text)) }
        }
        for (name, places) in told {
            for place in places {
                guard let found = texts.first(where: { PlaceScanner.only($0.text) == place }) else { continue }
                shape.members.append(.init(name: name, value: found.path.joined(separator: ".")))
                break
            }
        }
        return shape.fixed.isEmpty ? nil : shape
    }

    private func event(_ written: JSONNode?) -> DialectOutline.Event {
        guard let written else { return DialectOutline.Event(name: "event", data: "data", time: "timestamp") }
        let recovery = self.root["recovery"]?["publication"]
        return DialectOutline.Event(
            name: self.path(of: "publication.event", in: written) ?? "",
            data: self.path(of: "publication.data", in: written) ?? "",
            time: self.path(of: "publication.time", in: written), id: self.path(of: "publication.id", in: written),
            position: recovery.flatMap { self.path(of: "publication.position", in: $0) })
    }

    private func path(of place: String, in template: JSONNode) -> String? {
        template.texts().first { PlaceScanner.only($0.text) == place }?.path.joined(separator: ".")
    }

    private func token() -> String? {
        for (path, text) in self.root["auth"]?["tokens"]?.texts() ?? [] where text.hasPrefix("query.") {
            if path.last == "jwt" || path.last == "session" { return String(text.dropFirst(6)) }
        }
        return nil
    }
}
