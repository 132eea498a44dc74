// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `commands:`.
struct CommandCompiler {
    static let operations = ["subscribe", "unsubscribe", "record", "reply"]
    static let unavailableOperations = [
        "call", "health", "history", "inbox", "markRead", "presence", "publish", "refresh", "stats",
    ]

    let channelParameters: [String]
    let faults: FaultCollector

    func commands(_ node: DocumentNode?) -> [String: Command] {
        var commands: [String: Command] = [:]
        for entry in node?.entries("\"commands\"", self.faults) ?? [] {
            if entry.key.isEmpty { self.faults.error("a command needs a name", at: entry.keyLocation) }
            if entry.key.contains(where: { "{}*".contains($0) }) {
                self.faults.error(
                    "a command's name with places is not available in this version", at: entry.keyLocation)
            }
            commands[entry.key] = self.command(entry)
        }
        return commands
    }

    private func command(_ entry: DocumentNode.Entry) -> Command? {
        let node = entry.value
        guard let map = MapReader(node, ContractKeys.command, what: "a command", self.faults),
            let does = map.required("does", hint: "one of \(Self.operations.joined(separator: ", "))"),
            let name = does.nonEmptyText("\"does\"", self.faults)
        else { return nil }
        switch name {
        case "subscribe", "unsubscribe":
            self.refuse(["reply"], of: name, in: map)
            let channels = self.channels(map)
            let each = map["each"].map {
                self.template(
                    $0, "\"each\" of \"\(entry.key)\"", roots: [.args, .channel, .result, .user, .connection, .now],
                    results: ["record"])
            }
            return Command(
                name == "subscribe"
                    ? .subscribe(channels: channels, each: each) : .unsubscribe(channels: channels, each: each),
                location: entry.keyLocation)
        case "record":
            self.refuse(["each"], of: name, in: map)
            let channels = self.channels(map)
            guard let reply = map.required("reply") else { return nil }
            let template = self.template(
                reply, "the reply of \"\(entry.key)\"", roots: [.args, .result, .user, .connection, .now],
                results: ["record", "records"])
            return Command(.record(channels: channels, reply: template), location: entry.keyLocation)
        case "reply":
            self.refuse(["channels", "each"], of: name, in: map)
            guard let reply = map.required("reply") else { return nil }
            let template = self.template(
                reply, "the reply of \"\(entry.key)\"", roots: [.args, .user, .connection, .now])
            return Command(.reply(template), location: entry.keyLocation)
        default:
            if Self.unavailableOperations.contains(name) {
                self.faults.error("the operation \"\(name)\" is not available in this version", at: does.location)
            } else {
                self.faults.error(
                    "unknown operation \"\(name)\"", at: does.location,
                    hint: Spelling.hint(for: name, among: Self.operations))
            }
            return nil
        }
    }

    private func refuse(_ keys: [String], of operation: String, in map: MapReader) {
        for key in keys where map[key] != nil {
            self.faults.error("\"\(key)\" has no meaning for the operation \"\(operation)\"", at: map.keyLocation(key))
        }
    }

    private func channels(_ map: MapReader) -> [Command.ChannelSource] {
        guard let node = map.required("channels", hint: "write channels: [ \"{args.channel?}\" ]") else { return [] }
        if case .list(let elements) = node.value, elements.isEmpty {
            self.faults.error("\"channels\" must name at least one channel", at: node.location)
        }
        let context = TemplateContext(name: "\"channels\"", roots: [.args, .user, .connection])
        let compiler = TemplateCompiler(context: context, faults: self.faults)
        return node.elements.compactMap(compiler.channelSource)
    }

    private func template(
        _ node: DocumentNode, _ name: String, roots: [TemplateContext.Root], results: [String] = []
    ) -> Template {
        let context = TemplateContext(
            name: name, roots: roots, results: results, channelParameters: self.channelParameters)
        return TemplateCompiler(context: context, faults: self.faults).template(node)
    }
}
