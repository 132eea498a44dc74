// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime

/// Where clients connect, and who they are.
extension OutlineReader {
    func endpoint(_ rules: ListenerRules) -> EndpointOutline {
        var namespaces: [NamespaceOutline] = []
        if case .socketIO(let all) = rules.endpoint { namespaces = all.map(self.namespace) }
        return EndpointOutline(
            host: rules.host, port: rules.port, path: rules.path, isSocketIO: rules.isSocketIO,
            isSecure: rules.tls != nil, origins: rules.origins, namespaces: namespaces, location: rules.location)
    }

    private func namespace(_ rules: NamespaceRules) -> NamespaceOutline {
        let name = rules.pattern.description
        let listeners = self.root?["listen"].map(self.list) ?? []
        // The place tells two namespaces of one name apart, unless an alias makes them one.
        let written = listeners.compactMap { $0["namespaces"]?[name]?["joins"] }.first
        return NamespaceOutline(
            name: name, requirements: rules.require.map(RightWords.text),
            joins: written.map { self.list($0).compactMap(\.scalarText) } ?? [], isForApps: rules.isForApps,
            location: rules.location)
    }

    /// A subscription that the server makes.
    func join(_ node: JSONNode) -> String {
        if let text = node.scalarText { return text }
        if let pattern = node["memberOf"]?.scalarText { return "every \(pattern) whose member the user is" }
        let channel = node["channel"]?.scalarText ?? ""
        return node["until"] == nil ? channel : "\(channel), until the client subscribes to such a channel itself"
    }

    func credentials() -> [String] {
        let tokens = self.root?["auth"]?["tokens"].map(self.list) ?? []
        let places = tokens.compactMap { token -> String? in
            if let place = token["jwt"]?.scalarText { return "a JWT in \(Self.words(ofPlace: place))" }
            if let place = token["session"]?.scalarText { return "a session in \(Self.words(ofPlace: place))" }
            return nil
        }
        guard let message = self.definition.auth.firstMessage else { return places }
        return places + ["a first message of type \(message.command), in the member \(message.key)"]
    }

    func credentialPlaces() -> [CredentialOutline] {
        (self.root?["auth"]?["tokens"].map(self.list) ?? []).compactMap { token in
            for kind in ["jwt", "session"] {
                guard let text = token[kind]?.scalarText else { continue }
                let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
                return parts.count == 2 ? CredentialOutline(kind: kind, place: parts[0], name: parts[1]) : nil
            }
            return nil
        }
    }

    /// `query.token` in words.
    private static func words(ofPlace place: String) -> String {
        let parts = place.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return place }
        return switch parts[0] {
        case "query": "the query parameter \(parts[1])"
        case "header": "the header \(parts[1])"
        case "cookie": "the cookie \(parts[1])"
        case "auth": "the member \(parts[1]) of what a Socket.IO client joins with"
        default: place
        }
    }

    func onExpiry() -> String {
        guard self.definition.auth.onExpiry == .close else { return "the connection stays" }
        guard let notice = self.definition.auth.expiryNotice else { return "the connection ends" }
        return "the client is told, and the connection ends \(Words.duration(notice.grace)) later"
    }
}
