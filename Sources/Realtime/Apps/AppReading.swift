// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
import JSONSchema

/// Reads what somebody says of an app:
/// `{name?, prefixes?, permissions?, rooms?, webhook?: {url, secret}, events?: {NAME: {description?, schema?, example?}}}`.
///
/// All that is wrong is gathered, so that it can be told at once.
package struct AppReading {
    package static let keys = ["name", "prefixes", "permissions", "rooms", "webhook", "events"]
    package static let eventKeys = ["description", "schema", "example"]
    private static let maximumPrefixCount = 16
    private static let maximumRoomCount = 10_000
    private static let maximumEventCount = 1000

    package private(set) var faults: [AppFault] = []
    private let permissions: [String]

    /// - Parameter permissions: those that there are.
    package init(permissions: [String] = App.Permission.allCases.map(\.rawValue)) { self.permissions = permissions }

    /// - Parameter ignored: keys that somebody else reads.
    package mutating func app(_ id: String, _ node: JSONNode, origin: App.Origin, ignoring ignored: [String] = [])
        -> App
    {
        var app = App(id: id, origin: origin)
        let root = JSONPointer()
        if !AppPrefix.isID(id) {
            self.refuse(
                "\"\(id.prefix(200))\" is no id of an app", at: root, hint: "1 to 128 of a-z, A-Z, 0-9, _, - and .")
        }
        for (key, value, pointer) in self.members(of: node, at: root, known: Self.keys + ignored, "an app") {
            switch key {
            case "name": app.name = self.text(value, at: pointer, maximumByteCount: 255)
            case "prefixes":
                let texts = self.texts(value, at: pointer, maximumCount: Self.maximumPrefixCount)
                for (index, text) in texts.enumerated() where !AppPrefix.isPrefix(text) {
                    self.refuse(
                        "\"\(text)\" is no beginning of events' names", at: pointer.appending(index: index),
                        hint: "write lottery for lottery:draw_started")
                }
                if value.kind == .array, texts.isEmpty {
                    self.refuse("is empty", at: pointer, hint: "leave it out for the prefix that the id implies")
                }
                app.prefixes = texts
            case "permissions": app.permissions = self.readPermissions(value, at: pointer)
            case "rooms": app.rooms = self.texts(value, at: pointer, maximumCount: Self.maximumRoomCount)
            case "webhook": app.webhook = self.webhook(value, at: pointer)
            case "events": app.events = self.events(value, at: pointer)
            default: continue
            }
        }
        for event in app.events.keys.sorted() where !app.owns(event: event) {
            self.refuse(
                "\"\(event)\" is no event of this app", at: root.appending(key: "events").appending(key: event),
                hint: "the names of its events begin with \(app.allPrefixes.map { "\($0):" }.joined(separator: " or "))"
            )
        }
        return app
    }

    private mutating func readPermissions(_ node: JSONNode, at pointer: JSONPointer) -> Set<String> {
        let texts = self.texts(node, at: pointer, maximumCount: 100)
        for (index, text) in texts.enumerated() where !self.permissions.contains(text) {
            self.refuse(
                "there is no permission \"\(text)\"", at: pointer.appending(index: index),
                hint: Spelling.hint(for: text, among: self.permissions))
        }
        return Set(texts)
    }

    private mutating func webhook(_ node: JSONNode, at pointer: JSONPointer) -> App.Webhook? {
        var (url, secret): (String?, String?)
        for (key, value, pointer) in self.members(of: node, at: pointer, known: ["url", "secret"], "a webhook") {
            let text = self.text(value, at: pointer, maximumByteCount: 2048)
            if key == "url" {
                url = text
                if let text, ServiceAddress(text) == nil {
                    self.refuse(
                        "must be an http or https address without user and fragment", at: pointer,
                        hint: "such as https://quiz.example/calls")
                }
            } else {
                secret = text
                if let text, !Self.isSecret(text) {
                    self.refuse("must be whsec_ and the base64 of 24 to 64 random bytes", at: pointer)
                }
            }
        }
        guard node.kind == .object else { return nil }
        if url == nil, node["url"] == nil { self.refuse("\"url\" is missing", at: pointer) }
        if secret == nil, node["secret"] == nil { self.refuse("\"secret\" is missing", at: pointer) }
        guard let url, let secret else { return nil }
        return App.Webhook(url: url, secret: secret)
    }

    /// Of Standard Webhooks 1.0.
    private static func isSecret(_ text: String) -> Bool {
        guard text.hasPrefix("whsec_") else { return false }
        let code = text.utf8.dropFirst(6)
        let padding = code.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let isText = code.dropLast(padding).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        return isText && padding <= 2 && code.count % 4 == 0 && (24...64).contains(code.count / 4 * 3 - padding)
    }

    // MARK: Events

    private mutating func events(_ node: JSONNode, at pointer: JSONPointer) -> [String: AppEvent] {
        var events: [String: AppEvent] = [:]
        guard self.requireObject(node, at: pointer) else { return events }
        if node.count > Self.maximumEventCount {
            self.refuse("has more than \(Self.maximumEventCount) events", at: pointer)
            return events
        }
        for member in node.members {
            let place = pointer.appending(key: member.name)
            if events[member.name] != nil { self.refuse("\"\(member.name)\" stands twice", at: place) }
            events[member.name] = self.event(member.name, member.value, at: place)
        }
        return events
    }

    private mutating func event(_ name: String, _ node: JSONNode, at pointer: JSONPointer) -> AppEvent {
        var event = AppEvent()
        for (key, value, pointer) in self.members(of: node, at: pointer, known: Self.eventKeys, "an event") {
            switch key {
            case "description": event.description = self.text(value, at: pointer, maximumByteCount: 4096)
            case "schema":
                event.schema = try? JSONDocument(parsing: value.rawBytes)
                event.compiledSchema = self.compile(event.schema, at: pointer)
            case "example": event.example = try? JSONDocument(parsing: value.rawBytes)
            default: continue
            }
        }
        if let example = event.example, let violation = event.compiledSchema?.firstViolation(in: example.root) {
            let place = pointer.appending(key: "example").appending(contentsOf: violation.instance.tokens)
            self.refuse("the example breaks the schema of \(name): it \(violation.message)", at: place)
        }
        return event
    }

    private mutating func compile(_ schema: JSONDocument?, at pointer: JSONPointer) -> CompiledSchema? {
        guard let schema else { return nil }
        do throws(SchemaFaults) {
            return try JSONSchemaCompiler().compile(schema.root)
        } catch {
            for fault in error.faults {
                self.refuse(
                    "schema: \(fault.message)", at: pointer.appending(contentsOf: fault.pointer.tokens),
                    hint: fault.hint)
            }
            return nil
        }
    }

    // MARK: Values

    private mutating func members(
        of node: JSONNode, at pointer: JSONPointer, known: [String], _ what: String
    ) -> [(key: String, value: JSONNode, pointer: JSONPointer)] {
        guard self.requireObject(node, at: pointer) else { return [] }
        var members: [(key: String, value: JSONNode, pointer: JSONPointer)] = []
        for member in node.members {
            let place = pointer.appending(key: member.name)
            if !known.contains(member.name) {
                self.refuse(
                    "unknown key \"\(member.name)\" in \(what)", at: place,
                    hint: Spelling.hint(for: member.name, among: known))
            } else if members.contains(where: { $0.key == member.name }) {
                self.refuse("\"\(member.name)\" stands twice", at: place)
            } else {
                members.append((member.name, member.value, place))
            }
        }
        return members
    }

    private mutating func requireObject(_ node: JSONNode, at pointer: JSONPointer) -> Bool {
        if node.kind == .object { return true }
        self.refuse("must be an object", at: pointer)
        return false
    }

    private mutating func text(_ node: JSONNode, at pointer: JSONPointer, maximumByteCount: Int) -> String? {
        guard let text = node.string, (1...maximumByteCount).contains(text.utf8.count) else {
            self.refuse("must be a text of 1 to \(maximumByteCount) bytes", at: pointer)
            return nil
        }
        return text
    }

    private mutating func texts(_ node: JSONNode, at pointer: JSONPointer, maximumCount: Int) -> [String] {
        guard node.kind == .array, node.count <= maximumCount else {
            self.refuse("must be a list of at most \(maximumCount) texts", at: pointer)
            return []
        }
        var texts: [String] = []
        for (index, element) in node.elements.enumerated() {
            if let text = self.text(element, at: pointer.appending(index: index), maximumByteCount: 255) {
                texts.append(text)
            }
        }
        return texts
    }

    private mutating func refuse(_ message: String, at pointer: JSONPointer, hint: String? = nil) {
        self.faults.append(AppFault(pointer: pointer, message: message, hint: hint))
    }
}
