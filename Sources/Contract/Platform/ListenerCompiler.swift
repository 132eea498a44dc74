// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `listen:`.
struct ListenerCompiler {
    let isProduction: Bool
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
        let path = map.required("websocket", hint: "write the path of the WebSocket endpoint, such as websocket: /ws")
            .flatMap(self.path)
        let host = map["host"].flatMap { $0.isNull ? nil : $0.nonEmptyText("a host", self.faults) }
        if let host, host.contains(where: { $0 == " " || $0 == "/" }), let value = map["host"] {
            self.faults.error("a host is a name or an address, such as 127.0.0.1", at: value.location)
        }
        let origins = map["origins"].map(self.origins) ?? []
        guard let port, let path else { return nil }
        return ListenerRules(host: host, port: port, path: path, origins: origins, location: node.location)
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
