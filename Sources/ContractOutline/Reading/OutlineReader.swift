// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Contract
import JSON
import Realtime

/// Makes an outline of a compiled contract and its document.
struct OutlineReader {
    let definition: PlatformDefinition
    let document: ContractDocument
    /// The document as JSON.
    let root: JSONNode?

    func outline() -> ContractOutline {
        var outline = self.parts()
        let expiry = self.root?["auth"]?["expiry"]
        for key in ["emit", "revoked"] {
            for emission in Self.emissions(expiry?[key]) where !outline.expiryNotices.contains(emission) {
                outline.expiryNotices.append(emission)
            }
        }
        for token in self.root?["auth"]?["tokens"].map(self.list) ?? [] where outline.handshakeToken == nil {
            guard let place = (token["jwt"] ?? token["session"])?.scalarText, place.hasPrefix("auth.") else { continue }
            outline.handshakeToken = String(place.dropFirst(5))
        }
        return outline
    }

    private func parts() -> ContractOutline {
        ContractOutline(
            definition: self.definition,
            endpoints: self.definition.listeners.map(self.endpoint),
            credentials: self.credentials(),
            credentialPlaces: self.credentialPlaces(),
            onExpiry: self.onExpiry(),
            joins: (self.root?["connect"]?["joins"]).map { self.list($0).map(self.join) } ?? [],
            channels: self.definition.channels.map(self.channel),
            events: self.members("events").map(self.event),
            commands: self.members("commands").map(self.command),
            frames: self.frames(),
            routes: self.members("http").map(self.route),
            errors: self.errors(),
            limits: LimitReader(rules: self.definition.limits, document: self.document).limits(),
            schemas: self.members("schemas").map {
                SchemaOutline(name: $0.name, json: $0.value.jsonText, location: self.location("schemas", $0.name))
            },
            apps: self.apps(),
            dialect: self.definition.listeners.contains { !$0.isSocketIO }
                ? self.root.map { DialectReader(definition: self.definition, root: $0).dialect() } : nil)
    }

    func members(_ key: String) -> [JSONNode.Member] { self.root?[key].map { Array($0.members) } ?? [] }

    func location(_ keys: String...) -> SourceLocation { self.document.location(of: JSONPointer(keys)) }

    /// The elements of a list, or the value itself where one may stand for a list of one.
    func list(_ node: JSONNode) -> [JSONNode] { node.kind == .array ? Array(node.elements) : [node] }

    private func errors() -> [ErrorOutline] {
        let declared = self.members("errors").map(\.name)
        let codes = declared + RequestError.Code.all.map(\.rawValue).filter { !declared.contains($0) }
        return codes.map { name in
            let code = RequestError.Code(rawValue: name)
            let rule = self.definition.errors[code]
            return ErrorOutline(
                code: name, publicCode: self.definition.errors.publicCode(of: code),
                message: self.message(of: name), closeCode: rule.close.map { Int($0.rawValue) },
                status: self.definition.errors.status(of: code), isDeclared: declared.contains(name),
                location: self.location("errors", name))
        }
    }

    /// The text of the rule that holds for a code.
    private func message(of code: String) -> String? {
        var next: String? = code
        while let name = next {
            if let rule = self.root?["errors"]?[name] { return rule["message"]?.scalarText }
            next = ErrorRules.generalCode(of: RequestError.Code(rawValue: name))?.rawValue
        }
        return nil
    }

    private func apps() -> [AppOutline] {
        (self.definition.apps?.manifest ?? []).map { app in
            AppOutline(
                id: app.id, name: app.name, prefixes: app.prefixes, permissions: app.permissions.sorted(),
                rooms: app.rooms,
                events: app.events.sorted { $0.key < $1.key }.map { name, event in
                    EventOutline(
                        name: name, description: event.description, schema: event.schema?.root.jsonText,
                        routes: (self.definition.apps?.channel).map { ["the channel that the app names: \($0)"] } ?? [],
                        channels: (self.definition.apps?.channel).map { ["\($0)"] } ?? [],
                        examples: event.example.map { [$0.root.jsonText] } ?? [], app: app.id, kept: nil,
                        isEphemeral: false, notes: [], location: self.location("apps", "manifest"))
                })
        }
    }
}
