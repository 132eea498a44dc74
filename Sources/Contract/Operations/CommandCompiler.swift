// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `commands:`.
struct CommandCompiler {
    let operations: OperationCompiler
    let library: SchemaLibrary
    /// The key of a message that names the command.
    let commandKey: String
    /// What the first message is, which is then no command.
    let firstMessage: AuthRules.FirstMessage?
    let listeners: ListenerKinds
    let faults: FaultCollector

    /// What messages do.
    struct Commands {
        var byName: [String: Command] = [:]
        /// Those that apps send.
        var ofApps: [String: Command] = [:]
        /// Of every event with an app's prefix.
        var call: Command?

        /// Of what apps publish, the fields by which calls find their channels.
        var publishedFields: [String] {
            var fields: Set<String> = []
            for command in [self.call].compactMap(\.self) + self.byName.values {
                if case .call(let call) = command.operation { fields.formUnion(call.publishedFields) }
            }
            return fields.sorted()
        }
    }

    /// The name of the command for every event with an app's prefix.
    private static let callName = "{app}:*"

    func commands(_ node: DocumentNode?) -> Commands {
        var commands = Commands()
        if self.listeners.hasSocketIO { ReservedEvents.check(node, self.faults) }
        for entry in node?.entries("\"commands\"", self.faults) ?? [] {
            if entry.key.isEmpty { self.faults.error("a command needs a name", at: entry.keyLocation) }
            if entry.key == Self.callName {
                commands.call = self.command(entry, [.call])?.command
                continue
            }
            if entry.key.contains(where: { "{}*".contains($0) }) {
                self.faults.error(
                    "a command's name has no places", at: entry.keyLocation,
                    hint: "only \"\(Self.callName)\" stands for several: for every event with an app's prefix")
            }
            if entry.key == self.firstMessage?.command {
                self.faults.error(
                    "\"\(entry.key)\" is the message of \"auth\"", at: entry.keyLocation,
                    hint: "give one of them another name")
            }
            guard let (command, isOfApps) = self.command(entry, OperationName.allCases) else { continue }
            if isOfApps { commands.ofApps[entry.key] = command } else { commands.byName[entry.key] = command }
        }
        return commands
    }

    private func command(
        _ entry: DocumentNode.Entry, _ known: [OperationName]
    ) -> (command: Command, isOfApps: Bool)? {
        guard let map = MapReader(entry.value, ContractKeys.command, what: "a command", self.faults) else { return nil }
        let isOfApps = map["as"]?.word("\"as\"", among: ["user", "app"], self.faults) == "app"
        var arguments = PayloadFields(
            event: "the message \"\(entry.key)\"", root: "args",
            certain: self.listeners.hasPlain ? self.commandKey : nil, knowledge: .nothing, library: self.library)
        arguments.knowledge = map["args"].map { self.library.knowledge($0, "args", self.faults) } ?? .nothing
        // Of Socket.IO clients the name is no part of what is checked.
        if self.listeners.hasPlain, let schema = arguments.knowledge.schema,
            schema.property([self.commandKey]) == .impossible,
            let node = map["args"]
        {
            self.faults.error(
                "no message fits: each has \"\(self.commandKey)\", which the schema does not allow", at: node.location,
                hint: "declare it under properties: \(self.commandKey): { type: string }")
        }
        guard let name = self.operations.name(map, among: known) else { return nil }
        var place = RequestPlace(
            name: "\"\(entry.key)\"",
            roots: [.args] + (isOfApps ? [] : [.user, .connection]) + [.now]
                + (name == .publish && !isOfApps ? [.new] : []),
            arguments: arguments, isClient: !isOfApps, hasManyAnswers: true)
        if isOfApps { place.advice = [.user: "an app is no user", .connection: "apps are told by their ids"] }
        place.mayAcknowledge = self.listeners.hasSocketIO
        let reading = BindingReading(name: name, map: map, place: place, compiler: self.operations)
        if isOfApps { reading.checkForApp(at: map.keyLocation("as")) }
        let answers = reading.socketIOAnswers(self.listeners)
        guard var operation = self.operations.operation(name, map, place, keys: ContractKeys.command) else {
            return nil
        }
        if case .publish(var publish) = operation, reading.uses.sources.contains(.newID) {
            publish.usesNewID = true
            operation = .publish(publish)
        }
        var command = Command(operation, arguments: arguments.knowledge.schema, location: entry.keyLocation)
        command.socketIO = answers
        return (command, isOfApps)
    }
}
