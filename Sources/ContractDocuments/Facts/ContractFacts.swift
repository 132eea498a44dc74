// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// What every document of a contract needs: its outline, its schemas under names of their own, and values for examples.
struct ContractFacts {
    let outline: ContractOutline
    private(set) var book: SchemaBook
    /// A reference for each event that says what its payload is, and so for commands and for the bodies of requests.
    private(set) var payloads: [String: DocumentValue] = [:]
    private(set) var arguments: [String: DocumentValue] = [:]
    private(set) var bodies: [String: DocumentValue] = [:]
    /// Values that fields of this name have in the contract's examples.
    private(set) var hints: [String: DocumentValue] = [:]

    init(_ outline: ContractOutline) {
        self.outline = outline
        self.book = SchemaBook(outline.schemas.map { ($0.name, $0.json) })
        for event in outline.events + outline.apps.flatMap(\.events) {
            if let schema = event.schema.flatMap({ DocumentValue(parsing: $0) }) {
                self.payloads[event.name] = self.book.add(schema, as: event.name)
            }
            for example in event.examples { self.learn(DocumentValue(parsing: example) ?? .null) }
        }
        for command in outline.commands {
            guard let schema = command.schema.flatMap({ DocumentValue(parsing: $0) }) else { continue }
            self.arguments[command.name] = self.book.add(schema, as: "\(command.name).args")
        }
        for route in outline.routes {
            guard let schema = route.body.flatMap({ DocumentValue(parsing: $0) }) else { continue }
            self.bodies[route.key] = self.book.add(schema, as: "\(route.method).\(route.path).body")
        }
    }

    private mutating func learn(_ value: DocumentValue, depth: Int = 0) {
        guard depth < 6 else { return }
        for member in value.members {
            if self.hints[member.key] == nil, member.value != .null { self.hints[member.key] = member.value }
            self.learn(member.value, depth: depth + 1)
        }
    }

    // MARK: Endpoints

    /// Clients connect here first: the contract's first listener.
    var endpoint: EndpointOutline? { self.outline.endpoints.first }
    var isSocketIO: Bool { self.endpoint?.isSocketIO ?? false }
    var hasPlain: Bool { self.outline.endpoints.contains { !$0.isSocketIO } }
    var hasSocketIO: Bool { self.outline.endpoints.contains { $0.isSocketIO } }

    /// `ws://localhost:3000/ws`, or of Socket.IO `http://localhost:4000`.
    func address(of endpoint: EndpointOutline) -> String {
        let letter = endpoint.isSecure ? "s" : ""
        let host = endpoint.host ?? "localhost"
        return endpoint.isSocketIO
            ? "http\(letter)://\(host):\(endpoint.port)" : "ws\(letter)://\(host):\(endpoint.port)\(endpoint.path)"
    }

    /// Where HTTP requests go.
    var httpAddress: String {
        guard let endpoint = self.endpoint else { return "http://localhost" }
        return "http\(endpoint.isSecure ? "s" : "")://\(endpoint.host ?? "localhost"):\(endpoint.port)"
    }

    // MARK: Examples

    /// `order:7b0c…`, with values from the contract's examples.
    func exampleName(of pattern: String) -> String {
        let text = TemplateText(pattern)
        return text.parts.map { part in
            switch part {
            case .text(let plain): plain
            case .place(let place): self.exampleParameter(place.path.last ?? "id")
            }
        }.joined()
    }

    func exampleParameter(_ name: String) -> String {
        switch self.hints[name] {
        case .string(let text)?: return text
        case .number(let number)?: return number
        default: break
        }
        let lower = name.lowercased()
        if lower.contains("user") || lower.contains("member") || lower.hasSuffix("did") { return "alice" }
        return name.uppercased()
    }

    /// What stands in templates: the usual values, with a user and a channel of this contract.
    func examples(channel: String? = nil) -> TemplateExamples {
        var examples = TemplateExamples.usual
        examples.roots["user"] = ["id": "alice", "name": "Alice", "avatar": .null, "roles": ["member"], "claims": [:]]
        examples.roots["presence"] = ["user": "alice", "status": "online"]
        examples.roots["command"] = ["name": .string(self.outline.commands.first?.name ?? "subscribe")]
        if let pattern = channel ?? self.listenedChannel {
            var values = DocumentObject()
            values["name"] = .string(self.exampleName(of: pattern))
            for place in TemplateText(pattern).places {
                guard let name = place.path.last else { continue }
                values[name] = .string(self.exampleParameter(name))
            }
            examples.roots["channel"] = .object(values)
            if let name = values["name"] { examples.set("result", "channels", [name]) }
        }
        if let event = self.outline.events.first(where: { !$0.examples.isEmpty }) {
            examples.roots["publication"] = self.publication(of: event)
        }
        if let pattern = channel ?? self.listenedChannel, let record = self.record(of: pattern) {
            examples.set("result", "record", record)
            examples.set(
                "result", "records", .object(DocumentObject([.init(key: self.exampleName(of: pattern), value: record)]))
            )
        }
        examples.set(
            "result", "users",
            [["id": "alice", "name": "Alice", "avatar": .null, "connectedAt": .string(TemplateExamples.time)]])
        return examples
    }

    /// The pattern that an example subscribes to: the first one that a client may name and events go to.
    var listenedChannel: String? {
        let open = self.outline.channels.filter { !$0.isInternal && !$0.rights.isEmpty }
        return
            (open.first { channel in
                self.outline.events.contains { $0.channels.contains(channel.pattern) && !$0.examples.isEmpty }
            } ?? open.first)?.pattern
    }

    /// What a channel's last known state looks like, by the first event that writes it.
    func record(of pattern: String) -> DocumentValue? {
        for event in self.outline.events {
            for record in event.records where self.pattern(like: record.channel) == pattern {
                guard case .object(let payload) = self.example(of: event),
                    let template = DocumentValue(parsing: record.template)
                else { continue }
                var examples = TemplateExamples(roots: payload)
                if payload["now"] == nil { examples.roots["now"] = .string(TemplateExamples.time) }
                return examples.value(of: template)
            }
        }
        return nil
    }

    /// The declared pattern that a name with places of its own belongs to: `user:{did}` for `user:{buyerDid}`.
    func pattern(like name: String) -> String? {
        let shape = Self.shape(of: name)
        return self.outline.channels.map(\.pattern).first { $0 == name }
            ?? self.outline.channels.map(\.pattern).first { Self.shape(of: $0) == shape }
    }

    /// What stands around the places.
    private static func shape(of name: String) -> [String] {
        TemplateText(name).parts.map { if case .text(let text) = $0 { text } else { "" } }
    }

    func publication(of event: EventOutline) -> DocumentValue {
        [
            "event": .string(event.name), "data": self.example(of: event), "id": "01JBXK2Q9R000G3T",
            "time": .string(TemplateExamples.time), "position": "7-42", "read": false,
        ]
    }

    /// The contract's own example, or one made from the schema.
    func example(of event: EventOutline) -> DocumentValue {
        if let own = event.examples.first.flatMap({ DocumentValue(parsing: $0) }) { return own }
        return self.payloads[event.name].map { self.book.example(of: $0, hints: self.hints) } ?? [:]
    }

    /// What a plain client receives; `nil`: the contract has no plain endpoint.
    func frame(of event: EventOutline) -> DocumentValue? {
        guard self.hasPlain else { return nil }
        var examples = self.examples(channel: event.channels.first)
        examples.roots["publication"] = self.publication(of: event)
        let template =
            self.template("publication") ?? [
                "event": "{publication.event}", "data": "{publication.data}", "timestamp": "{publication.time}",
            ]
        return examples.value(of: template)
    }

    /// A frame's template by its name.
    func template(_ name: String) -> DocumentValue? {
        self.outline.frames.first { $0.name == name }.flatMap { DocumentValue(parsing: $0.template) }
    }
}

extension RouteOutline {
    /// As the contract writes it: `POST /broadcast`.
    var key: String { "\(self.method) \(self.path)" }
}

extension TemplateExamples {
    /// Sets one value below a root.
    mutating func set(_ root: String, _ key: String, _ value: DocumentValue) {
        guard case .object(var object)? = self.roots[root] else { return }
        object[key] = value
        self.roots[root] = .object(object)
    }
}
