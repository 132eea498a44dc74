// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Pieces of programs to copy, with this contract's addresses and names.
struct Snippets {
    let facts: ContractFacts

    private var outline: ContractOutline { self.facts.outline }

    /// The command that subscribes, with the message of its example.
    private var subscribe: CommandOutline? {
        self.outline.commands.first { $0.does == "subscribe" && !$0.isForApps }
    }

    private var event: EventOutline? { self.outline.events.first }

    /// In the order in which they are offered.
    func connecting() -> [Guide.Choice] {
        guard let endpoint = self.facts.endpoint else { return [] }
        return endpoint.isSocketIO ? self.socketIO(endpoint) : self.plain(endpoint)
    }

    // MARK: Plain WebSocket

    private func plain(_ endpoint: EndpointOutline) -> [Guide.Choice] {
        let address = self.facts.address(of: endpoint)
        let credentials = self.outline.mode == "none" ? [] : self.outline.credentialPlaces
        let credential = credentials.first { $0.place == "query" }
        let url =
            credential.map { "'\(address)?\($0.name)=' + encodeURIComponent(token)" } ?? "'\(address)'"
        let send = self.subscribe.map {
            "socket.onopen = () => socket.send(JSON.stringify(\(Self.inline(self.facts.message(of: $0)))));\n"
        }
        let browser =
            "const socket = new WebSocket(\(url));\n" + (send ?? "")
                + """
                socket.onmessage = ({ data }) => console.log(JSON.parse(data));
                socket.onclose = ({ code, reason }) => console.log('closed', code, reason);
                """
        var notes: [Prose] = []
        if let cookie = credentials.first(where: { $0.place == "cookie" }) {
            notes = ["The browser sends the cookie \(code: cookie.name) by itself; nothing is to be done about it."]
        }
        var choices = [
            Guide.Choice(name: "Browser", notes: notes, code: Guide.Code(language: "js", text: browser)),
            Guide.Choice(name: "Node", code: Guide.Code(language: "js", text: self.node(url, send: send))),
        ]
        choices.append(self.ownClient(address))
        choices.append(self.swift(address))
        choices.append(self.listen())
        return choices
    }

    private func node(_ url: String, send: String?) -> String {
        let place = self.outline.mode == "none" ? nil : self.outline.credentialPlaces.first
        let options =
            switch place?.place {
            case "cookie"?: ", { headers: { Cookie: `\(place?.name ?? "")=${session}` } }"
            case "header"?: ", { headers: { Authorization: `Bearer ${token}` } }"
            default: ""
            }
        return "import WebSocket from 'ws';\n\nconst socket = new WebSocket(\(url)\(options));\n" + (send ?? "")
            + """
            socket.on('message', (data) => console.log(JSON.parse(data)));
            socket.on('close', (code, reason) => console.log('closed', code, String(reason)));
            """
    }

    private func ownClient(_ address: String) -> Guide.Choice {
        let name = self.outline.name
        let takesToken = self.outline.dialect?.token != nil && self.outline.mode != "none"
        let options = takesToken ? ", { token: () => fetchToken() }" : ""
        var lines = [
            "import { connect } from './\(name).ts';", "", "const connection = connect('\(address)'\(options));",
        ]
        if self.outline.dialect?.subscribe != nil, let pattern = self.facts.listenedChannel {
            lines.append("connection.subscribe(\(Self.quoted(self.facts.exampleName(of: pattern))));")
        }
        if let event = self.event {
            lines.append("connection.on(\(Self.quoted(event.name)), (data) => console.log(data));")
        }
        lines.append("connection.onState((state) => console.log(state));")
        return Guide.Choice(
            name: "TypeScript, typed",
            notes: [
                "With the package \(code: "switchboard-client") and the types that \(code: "switchboard generate typescript \(name).yaml --output \(name).ts") writes. It reconnects, subscribes again and answers to heartbeats by itself."
            ],
            code: Guide.Code(language: "ts", text: lines.joined(separator: "\n")))
    }

    private func swift(_ address: String) -> Guide.Choice {
        let name = self.outline.name
        let type = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let token = self.outline.mode == "none" ? "" : ",\n    configuration: .init(token: { try await freshToken() })"
        let channel = self.facts.listenedChannel.map { ", on: \(DocumentValue.quoted(self.facts.exampleName(of: $0)))" }
        let subscription = self.subscribe == nil ? "" : channel ?? ""
        let text = """
            import SwitchboardClient

            let client = try EventClient(
                "\(address)", dialect: \(type).dialect\(token))
            try await client.open()
            for try await event in client.events(named: \(DocumentValue.quoted(self.event?.name ?? "event"))\(subscription)) {
                print(event)
            }
            """
        return Guide.Choice(
            name: "Swift",
            notes: [
                "With the library \(code: "SwitchboardClient") and what \(code: "switchboard generate swift \(name).yaml --output \(type).swift") writes; there are types for the events, too."
            ],
            code: Guide.Code(language: "swift", text: text))
    }

    private func listen() -> Guide.Choice {
        var words = ["switchboard", "listen", self.outline.file]
        if self.outline.mode != "none" { words += ["--data", "data", "--user", "alice"] }
        if self.subscribe != nil, let pattern = self.facts.listenedChannel {
            words += ["--channel", self.facts.exampleName(of: pattern)]
        }
        return Guide.Choice(
            name: "Terminal",
            notes: ["Where the server runs: with its data folder, which has the secrets that sign tokens."],
            code: Guide.Code(language: "sh", text: words.map(Self.shellWord).joined(separator: " ")))
    }

    // MARK: Socket.IO

    private func socketIO(_ endpoint: EndpointOutline) -> [Guide.Choice] {
        let address = self.facts.address(of: endpoint)
        let member = self.outline.credentialPlaces.first { $0.place == "auth" }?.name
        var options = member.map { ["auth: { \($0 == "token" ? "token" : "\($0): token") }"] } ?? []
        if endpoint.path != "/socket.io" { options.append("path: \(Self.quoted(endpoint.path))") }
        let argument = options.isEmpty ? "" : ", { \(options.joined(separator: ", ")) }"
        let names = endpoint.namespaces.filter { !$0.isForApps }.map(\.name)
        let namespace = names.contains("/") ? "" : names.first.map { self.facts.exampleName(of: $0) } ?? ""
        var body = "const socket = io('\(address)\(namespace)'\(argument));\n"
        body += "socket.on('connect', () => console.log('connected', socket.id));\n"
        body += "socket.on('connect_error', (error) => console.log(error.message, error.data));\n"
        if let subscribe = self.subscribe {
            let arguments = Self.inline(self.facts.exampleArguments(of: subscribe))
            body += "socket.emit(\(Self.quoted(subscribe.name)), \(arguments), (answer) => console.log(answer));\n"
        }
        if let event = self.event {
            body += "socket.on(\(Self.quoted(event.name)), (data) => console.log(data));\n"
        }
        body += "socket.onAny((event, data) => console.log(event, data));"
        return [
            Guide.Choice(
                name: "Socket.IO", notes: ["Any stock client of version 3 or later."],
                code: Guide.Code(language: "js", text: "import { io } from 'socket.io-client';\n\n" + body)),
            self.typedSocket(address),
            self.swift(address),
            self.listen(),
        ]
    }

    private func typedSocket(_ address: String) -> Guide.Choice {
        let name = self.outline.name
        let options = self.outline.mode == "none" ? "" : ", { auth: { token } }"
        var lines = ["import { connect } from './\(name).ts';", "", "const socket = connect('\(address)'\(options));"]
        if let subscribe = self.subscribe {
            let arguments = Self.inline(self.facts.exampleArguments(of: subscribe))
            lines.append(
                "socket.emit(\(Self.quoted(subscribe.name)), \(arguments), (answer) => console.log(answer));")
        }
        if let event = self.event {
            lines.append("socket.on(\(Self.quoted(event.name)), (data) => console.log(data));")
        }
        return Guide.Choice(
            name: "TypeScript, typed",
            notes: [
                "With the package \(code: "switchboard-client"), the stock client in it, and the types that \(code: "switchboard generate typescript \(name).yaml --output \(name).ts") writes."
            ],
            code: Guide.Code(language: "ts", text: lines.joined(separator: "\n")))
    }

    // MARK: Publishing

    /// What a backend sends.
    func publishing(_ event: EventOutline) -> Guide.Code {
        if event.isApp, let route = self.outline.routes.first(where: { $0.sender == "app" && $0.does == "publish" }) {
            let body: DocumentValue = ["event": .string(event.name), "data": self.facts.example(of: event)]
            return Guide.Code(
                language: "sh",
                text: """
                    curl -X \(route.method) \(Self.shellWord(self.facts.httpAddress + self.facts.examplePath(of: route))) \\
                      -H "Authorization: Bearer $APP_KEY" -H 'X-App-Id: \(event.app ?? "")' -H 'Content-Type: application/json' \\
                      -d \(Self.shellWord(body.compactJSON))
                    """)
        }
        return Guide.Code(
            language: "sh",
            text: """
                curl -X POST http://127.0.0.1:9000/v1/platforms/\(self.outline.name)/events \\
                  -H "Authorization: Bearer $SWITCHBOARD_API_KEY" -H 'Content-Type: application/json' \\
                  -d \(Self.shellWord(self.request(event).compactJSON))
                """)
    }

    /// The body of that.
    func request(_ event: EventOutline) -> DocumentValue {
        var body: DocumentObject = DocumentObject()
        body["event"] = .string(event.name)
        body["data"] = self.facts.example(of: event)
        if event.channels.isEmpty, event.routes.isEmpty, let pattern = self.facts.listenedChannel {
            body["to"] = [.string(self.facts.exampleName(of: pattern))]
        }
        return .object(body)
    }

    // MARK: Spelling

    static func quoted(_ text: String) -> String {
        text.contains("'") || text.contains("\\") || text.contains("\n") ? DocumentValue.quoted(text) : "'\(text)'"
    }

    /// JSON as JavaScript is written: keys without quotes where they need none, texts in single ones.
    static func inline(_ value: DocumentValue) -> String {
        switch value {
        case .string(let text): return Self.quoted(text)
        case .array(let elements): return "[" + elements.map(Self.inline).joined(separator: ", ") + "]"
        case .object(let object):
            guard !object.isEmpty else { return "{}" }
            let members = object.members.map { member in
                let isName = member.key.utf8.allSatisfy {
                    (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
                }
                return
                    "\(isName && !member.key.isEmpty ? member.key : Self.quoted(member.key)): \(Self.inline(member.value))"
            }
            return "{ " + members.joined(separator: ", ") + " }"
        default: return value.compactJSON
        }
    }

    /// A word as a POSIX shell reads it.
    static func shellWord(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "./:-_".utf8.contains(byte)
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
