// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Reads `listen:`.
struct ListenerCompiler {
    /// Paths in the contract are relative to its folder.
    let folder: URL
    let isProduction: Bool
    let channels: ChannelCheck
    /// The platform has apps.
    let hasApps: Bool
    let faults: FaultCollector

    func listeners(_ node: DocumentNode) -> [ListenerRules] {
        if case .list(let elements) = node.value, elements.isEmpty {
            self.faults.error("\"listen\" must have at least one listener", at: node.location)
        }
        return node.elements.compactMap(self.listener)
    }

    private func listener(_ node: DocumentNode) -> ListenerRules? {
        guard let map = MapReader(node, ContractKeys.listener, what: "a listener", self.faults) else { return nil }
        let port = map.required("port")?.integer("a port", in: 0...65535, self.faults)
        let endpoint = self.endpoint(map)
        let host = map["host"].flatMap { $0.isNull ? nil : $0.nonEmptyText("a host", self.faults) }
        if let host, host.contains(where: { $0 == " " || $0 == "/" }), let value = map["host"] {
            self.faults.error("a host is a name or an address, such as 127.0.0.1", at: value.location)
        }
        let origins = map["origins"].map(self.origins) ?? []
        let tls = map["tls"].flatMap(TLSCompiler(folder: self.folder, faults: self.faults).rules)
        guard let port, let endpoint else { return nil }
        var rules = ListenerRules(
            host: host, port: port, path: endpoint.path, endpoint: endpoint.kind, origins: origins,
            location: node.location)
        rules.tls = tls
        return rules
    }

    /// What is spoken there, and where: one of `websocket` and `socketio`.
    private func endpoint(_ map: MapReader) -> (path: String, kind: ListenerRules.Endpoint)? {
        let namespaces = map["namespaces"].map(
            NamespaceCompiler(channels: self.channels, hasApps: self.hasApps, faults: self.faults).namespaces)
        if map["websocket"] != nil, map["socketio"] != nil {
            self.faults.error(
                "a listener is one of websocket and socketio", at: map.keyLocation("socketio"),
                hint: "write two listeners; they may have the same port")
        }
        if let value = map["socketio"] {
            let standard = ChannelPattern(parts: [.literal("/")])
            let rules = namespaces ?? [NamespaceRules(pattern: standard, location: value.location)]
            return self.socketIOPath(value).map { ($0, .socketIO(rules)) }
        }
        guard let value = map["websocket"] else {
            self.faults.error(
                "a listener needs \"websocket\" or \"socketio\"", at: map.node.location,
                hint: "write the path of the endpoint, such as websocket: /ws or socketio: /socket.io")
            return nil
        }
        if namespaces != nil {
            self.faults.error(
                "only Socket.IO listeners have \"namespaces\"", at: map.keyLocation("namespaces"),
                hint: "write socketio: instead of websocket:")
        }
        return self.path(value).map { ($0, .webSocket) }
    }

    /// Without the slash that its requests have behind it.
    private func socketIOPath(_ node: DocumentNode) -> String? {
        guard var path = self.path(node) else { return nil }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard path != "/" else {
            self.faults.error(
                "Socket.IO needs a path of its own", at: node.location,
                hint: "write socketio: /socket.io, which clients use unless they are told another")
            return nil
        }
        return path
    }

    private func path(_ node: DocumentNode) -> String? {
        guard let path = node.nonEmptyText("a path", self.faults) else { return nil }
        let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 }
        guard isPath else {
            self.faults.error(
                "\"\(path)\" is no path", at: node.location,
                hint: "a path begins with / and has no spaces, ? or #; other characters are percent-encoded")
            return nil
        }
        return path
    }

    private func origins(_ node: DocumentNode) -> [String] {
        node.texts("an origin", self.faults).compactMap { text, node in
            if text == "*" {
                if self.isProduction {
                    self.faults.warning(
                        "any page on the web may connect", at: node.location, hint: "list the origins of your pages")
                }
                return text
            }
            guard text == "null" || Self.isOrigin(text) else {
                self.faults.error(
                    "\"\(text)\" is no origin", at: node.location,
                    hint: "write scheme and host, and the port where it is not the usual one: https://app.example.com, "
                        + "http://localhost:*; * alone allows every page")
                return nil
            }
            return text
        }
    }

    /// RFC 6454 §6.2, and `*` for any port.
    private static func isOrigin(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return false }
        let scheme = text[..<colon].utf8
        guard let first = scheme.first, (0x61...0x7A).contains(first),
            scheme.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0)
            })
        else { return false }
        var host = text[colon...].dropFirst(3)
        if let portStart = host.lastIndex(of: ":"), !host[portStart...].contains("]") {
            let port = host[portStart...].dropFirst()
            guard port == "*" || (UInt16(port).map { $0 > 0 } ?? false) else { return false }
            host = host[..<portStart]
        }
        return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@*\\".utf8.contains($0) }
    }
}
