// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// A contract as an AsyncAPI 3.0 document, from the server's side: it *sends* events and frames, and *receives* commands.
///
/// Each channel of the contract is a channel of the document, with the events that go there; the connection itself is a channel, too,
/// on which commands and their answers travel.
struct AsyncAPIDocument {
    let facts: ContractFacts
    private var channels = DocumentObject()
    private var operations = DocumentObject()
    private var messages = DocumentObject()

    private let eventKeys: [String: String]
    private let channelKeys: [String: String]
    private let commandKeys: [String: String]

    private var outline: ContractOutline { self.facts.outline }

    init(_ facts: ContractFacts) {
        self.facts = facts
        let outline = facts.outline
        var keys = DocumentKeys()
        self.eventKeys = keys.keys(for: (outline.events + outline.apps.flatMap(\.events)).map(\.name))
        keys = DocumentKeys(reserved: ["connection"])
        self.channelKeys = keys.keys(for: outline.channels.map(\.pattern))
        keys = DocumentKeys()
        self.commandKeys = keys.keys(for: outline.commands.map(\.name))
    }

    private func eventKey(_ name: String) -> String { "event_" + (self.eventKeys[name] ?? "") }
    private func channelKey(_ pattern: String) -> String { self.channelKeys[pattern] ?? "" }
    private func commandKey(_ name: String) -> String { "command_" + (self.commandKeys[name] ?? "") }

    mutating func document() -> DocumentValue {
        self.addEvents()
        self.addChannels()
        self.addConnection()
        var components = DocumentObject()
        components["messages"] = .object(self.messages)
        components["schemas"] = .object(
            DocumentObject(
                self.facts.book.components.members.map {
                    DocumentObject.Member(key: $0.key, value: Self.plain($0.value, isWhole: true))
                }))
        let schemes = SecuritySchemes(self.outline).asyncAPI
        if !schemes.isEmpty { components["securitySchemes"] = .object(schemes) }
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": .string(self.outline.title), "version": "1.0.0",
                "description": .string(self.description),
            ],
            "defaultContentType": "application/json",
            "servers": .object(self.servers(schemes)),
            "channels": .object(self.channels),
            "operations": .object(self.operations),
            "components": .object(components),
        ]
    }

    private var description: String {
        let way =
            self.facts.isSocketIO
            ? "Clients speak Socket.IO 5 over Engine.IO 4: a message is an event of its name with the payload as its argument."
            : "Clients speak plain JSON over WebSocket: a message is one text frame."
        return "\(way)\nChannels are what a connection is subscribed to; one connection has many."
    }

    // MARK: Servers

    private func servers(_ schemes: DocumentObject) -> DocumentObject {
        var servers = DocumentObject()
        for (index, endpoint) in self.outline.endpoints.enumerated() {
            var server: DocumentObject = DocumentObject()
            server["host"] = .string("\(endpoint.host ?? "localhost"):\(endpoint.port)")
            server["pathname"] = .string(endpoint.path)
            server["protocol"] = endpoint.isSecure ? "wss" : "ws"
            let names = endpoint.namespaces.filter { !$0.isForApps }.map(\.name).joined(separator: ", ")
            server["description"] = .string(
                endpoint.isSocketIO
                    ? "Socket.IO 5 over Engine.IO 4, WebSocket and long polling. Namespaces: \(names)."
                    : "Plain JSON over WebSocket.")
            if endpoint.isSocketIO {
                server["protocolVersion"] = "13"
                server["tags"] = [["name": "socket.io"]]
            }
            if !schemes.isEmpty, self.outline.mode == "required" {
                server["security"] = .array(
                    schemes.keys.map { ["$ref": .string("#/components/securitySchemes/\($0)")] })
            }
            servers[index == 0 ? "main" : "other\(index)"] = .object(server)
        }
        return servers
    }

    // MARK: Messages

    private mutating func addEvents() {
        for event in self.outline.events + self.outline.apps.flatMap(\.events) {
            var message: DocumentObject = DocumentObject()
            message["name"] = .string(event.name)
            message["title"] = .string(event.name)
            message.put("summary", event.description)
            message.put("description", event.notes.joined(separator: "\n"))
            message["contentType"] = "application/json"
            let payload = self.facts.payloads[event.name] ?? [:]
            if self.facts.isSocketIO {
                message["payload"] = payload
            } else {
                var schemas = TemplateSchemas(book: self.facts.book)
                schemas.references["publication.data"] = payload
                let template = self.facts.template("publication") ?? "{publication.data}"
                message["payload"] = Self.plain(
                    schemas.schema(of: template, where: ["publication.event": .string(event.name)]), isWhole: true)
            }
            let examples = event.examples.compactMap { DocumentValue(parsing: $0) }.map { example -> DocumentValue in
                var event = event
                event.examples = [example.compactJSON]
                return ["payload": self.facts.isSocketIO ? example : self.facts.frame(of: event) ?? example]
            }
            if !examples.isEmpty { message["examples"] = .array(examples) }
            self.messages[self.eventKey(event.name)] = .object(message)
        }
    }

    private mutating func add(
        _ key: String, name: String, summary: String?, payload: DocumentValue, example: DocumentValue?
    ) {
        var message: DocumentObject = DocumentObject()
        message["name"] = .string(name)
        message["title"] = .string(name)
        message.put("summary", summary)
        message["contentType"] = "application/json"
        message["payload"] = Self.plain(payload, isWhole: true)
        if let example, example.isObject { message["examples"] = [["payload": example]] }
        self.messages[key] = .object(message)
    }

    private static func message(_ key: String) -> DocumentValue { ["$ref": .string("#/components/messages/\(key)")] }

    // MARK: Channels

    private mutating func addChannels() {
        for channel in self.outline.channels {
            let key = self.channelKey(channel.pattern)
            var value: DocumentObject = DocumentObject()
            value["address"] = .string(Self.address(channel))
            value["title"] = .string(channel.pattern)
            let rights =
                channel.isInternal
                ? "The server subscribes connections; no client can."
                : "May subscribe: \(channel.rights.isEmpty ? "nobody" : channel.rights.joined(separator: ", or "))."
            value["description"] = .string(([rights] + channel.keeps).joined(separator: "\n"))
            let parameters = channel.parameters.map { name in
                DocumentObject.Member(
                    key: Self.parameter(name),
                    value: [
                        "description": .string("The \(name) in the channel's name."),
                        "examples": [.string(self.facts.exampleParameter(name))],
                    ])
            }
            if !parameters.isEmpty { value["parameters"] = .object(DocumentObject(parameters)) }
            let events = (self.outline.events + self.outline.apps.flatMap(\.events)).filter {
                $0.channels.contains(channel.pattern)
            }
            let names = events.map { self.eventKey($0.name) }
            value["messages"] = .object(
                DocumentObject(names.map { DocumentObject.Member(key: $0, value: Self.message($0)) }))
            self.channels[key] = .object(value)
            guard !names.isEmpty else { continue }
            self.operations["send_\(key)"] = [
                "action": "send", "channel": ["$ref": .string("#/channels/\(key)")],
                "summary": .string("Events of \(channel.pattern)."),
                "messages": .array(names.map { ["$ref": .string("#/channels/\(key)/messages/\($0)")] }),
            ]
        }
    }

    private static func parameter(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
    }

    private static func address(_ channel: ChannelOutline) -> String {
        TemplateText(channel.pattern).parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let place): "{\(Self.parameter(place.path.last ?? "name"))}"
            }
        }.joined()
    }

    // MARK: The connection

    /// Commands, what answers them, and what the server says by itself.
    private mutating func addConnection() {
        var names: [String] = []
        var operations: [(key: String, value: DocumentObject)] = []
        let path = "#/channels/connection"
        for command in self.outline.commands where !command.isForApps {
            let key = self.commandKey(command.name)
            let example =
                self.facts.isSocketIO ? self.facts.exampleArguments(of: command) : self.facts.message(of: command)
            self.add(
                key, name: command.name, summary: CommandWords.meaning(command), payload: self.payload(of: command),
                example: example)
            names.append(key)
            var operation: DocumentObject = DocumentObject()
            operation["action"] = "receive"
            operation["channel"] = ["$ref": .string(path)]
            operation["summary"] = .string(CommandWords.meaning(command))
            operation["messages"] = [["$ref": .string("\(path)/messages/\(key)")]]
            let replies = self.addReplies(to: command)
            names += replies
            if !replies.isEmpty {
                operation["reply"] = [
                    "channel": ["$ref": .string(path)],
                    "messages": .array(replies.map { ["$ref": .string("\(path)/messages/\($0)")] }),
                ]
            }
            operations.append(("receive_\(key)", operation))
        }
        let frames = self.addFrames()
        names += frames
        self.channels["connection"] = [
            "address": .string(self.facts.endpoint?.path ?? "/"), "title": "The connection",
            "description": "What client and server say to each other besides events.",
            "messages": .object(DocumentObject(names.map { DocumentObject.Member(key: $0, value: Self.message($0)) })),
        ]
        for operation in operations { self.operations[operation.key] = .object(operation.value) }
        if !frames.isEmpty {
            self.operations["send_frames"] = [
                "action": "send", "channel": ["$ref": .string(path)], "summary": "What the server says by itself.",
                "messages": .array(frames.map { ["$ref": .string("\(path)/messages/\($0)")] }),
            ]
        }
    }

    private func payload(of command: CommandOutline) -> DocumentValue {
        let arguments = self.facts.arguments[command.name]
        if self.facts.isSocketIO { return arguments ?? ["type": "object"] }
        let kind: DocumentValue = [
            "type": "object", "required": [.string(self.outline.commandKey)],
            "properties": .object(
                DocumentObject([.init(key: self.outline.commandKey, value: ["const": .string(command.name)])])),
        ]
        return arguments.map { ["allOf": [$0, kind]] } ?? kind
    }

    private mutating func addReplies(to command: CommandOutline) -> [String] {
        var answers: [(kind: String, name: String, summary: String, template: String?)] = []
        if self.facts.isSocketIO {
            answers = [
                ("ack", "\(command.name) ack", "The callback's argument.", command.ack),
                ("fail", "\(command.name) fail", "The callback's argument when it is refused.", command.fail),
            ]
            for (index, emission) in (command.emits + command.emitsWithoutAck).enumerated() {
                answers.append(
                    ("emit\(index + 1)", emission.event, "The event \(emission.event).", emission.template))
            }
        } else {
            answers = [
                ("reply", "\(command.name) reply", "The answer.", command.reply),
                ("each", "\(command.name) answer", "The answer, once for each.", command.each),
            ]
        }
        return answers.compactMap { answer in
            guard let template = answer.template.flatMap({ DocumentValue(parsing: $0) }) else { return nil }
            let key = "\(answer.kind)_" + (self.commandKeys[command.name] ?? "")
            self.add(
                key, name: answer.name, summary: answer.summary,
                payload: self.facts.schema(of: template, arguments: self.facts.arguments[command.name]),
                example: answer.kind == "fail" ? nil : self.facts.examples(of: command).value(of: template))
            return key
        }
    }

    private mutating func addFrames() -> [String] {
        var keys: [String] = []
        for frame in self.outline.frames {
            guard !["publication", "problem"].contains(frame.name), let meaning = CommandWords.frames[frame.name],
                let template = DocumentValue(parsing: frame.template)
            else { continue }
            let key = "frame_\(frame.name)"
            self.add(
                key, name: frame.name, summary: meaning,
                payload: self.facts.schema(of: template, arguments: nil), example: nil)
            keys.append(key)
        }
        return keys
    }

    /// AsyncAPI's schemas are those of draft 7, where nothing beside a `$ref` counts: it goes into `allOf` there.
    ///
    /// - Parameter isWhole: it stands where AsyncAPI takes an object and no `true`.
    static func plain(_ schema: DocumentValue, isWhole: Bool = false) -> DocumentValue {
        switch schema {
        case .bool(let allows) where isWhole: return allows ? [:] : ["not": [:]]
        case .array(let elements): return .array(elements.map { Self.plain($0) })
        case .object(let object):
            var rest = DocumentObject()
            for member in object.members {
                rest[member.key] =
                    ["const", "enum", "default", "example", "examples"].contains(member.key)
                    ? member.value : Self.plain(member.value)
            }
            guard rest.members.count > 1, let reference = rest["$ref"], reference.text != nil else {
                return .object(rest)
            }
            rest["$ref"] = nil
            var parts: [DocumentValue] = [["$ref": reference]]
            parts += rest["allOf"]?.elements ?? []
            rest["allOf"] = nil
            var result: DocumentObject = DocumentObject()
            // What looks at all properties together has to stand beside both.
            let outer = rest["unevaluatedProperties"]
            rest["unevaluatedProperties"] = nil
            if !rest.isEmpty { parts.append(.object(rest)) }
            result["allOf"] = .array(parts)
            result.put("unevaluatedProperties", outer)
            return .object(result)
        default: return schema
        }
    }
}
