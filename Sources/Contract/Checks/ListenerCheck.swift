// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Finds listeners, and contracts, that would get in each other's way.
enum ListenerCheck {
    /// Reports listeners of one contract with the same port and path on the same address, or one port of which only some are
    /// encrypted, or differently.
    static func check(_ listeners: [ListenerRules], _ faults: FaultCollector) {
        for (index, listener) in listeners.enumerated() {
            if let earlier = listeners[..<index].first(where: { $0.isOnPort(of: listener) && $0.tls != listener.tls }) {
                faults.error(
                    "the listener in line \(earlier.location.line) has the port \(listener.port) with another \"tls\"",
                    at: listener.location, hint: Self.tlsHint)
            }
            guard let earlier = listeners[..<index].first(where: { $0.collides(with: listener) }) else { continue }
            faults.error(
                "\(listener.address) is taken by the listener in line \(earlier.location.line)", at: listener.location)
        }
    }

    /// The faults of contracts that are to be served together: two of one name, two on one endpoint.
    static func check(_ definitions: [PlatformDefinition]) -> [ContractFault] {
        var faults: [ContractFault] = []
        for (index, definition) in definitions.enumerated() {
            for earlier in definitions[..<index] {
                if earlier.name == definition.name {
                    faults.append(
                        ContractFault(
                            "the contract \"\(definition.name)\" is also in \(earlier.file)",
                            at: SourceLocation(file: definition.file, line: 1, column: 1),
                            hint: "give one of them another name"))
                }
                faults += self.checkPaths(definition, earlier)
                for listener in definition.listeners {
                    if let other = earlier.listeners.first(where: {
                        $0.isOnPort(of: listener) && $0.tls != listener.tls
                    }) {
                        faults.append(
                            ContractFault(
                                "the contract \"\(earlier.name)\" has the port \(listener.port) with another \"tls\" (\(other.location))",
                                at: listener.location, hint: Self.tlsHint))
                    }
                    guard let taken = earlier.listeners.first(where: { $0.collides(with: listener) }) else { continue }
                    faults.append(
                        ContractFault(
                            "\(listener.address) is taken by the contract \"\(earlier.name)\" (\(taken.location))",
                            at: listener.location, hint: "change the port or the path of one of them"))
                }
            }
        }
        return faults.sorted()
    }

    private static let tlsHint = "a port has one certificate, or none: write the same files, or choose another port"

    /// Requests that two contracts on one port would both answer.
    private static func checkPaths(_ definition: PlatformDefinition, _ earlier: PlatformDefinition) -> [ContractFault] {
        let areTogether = definition.listeners.contains { listener in
            earlier.listeners.contains { $0.isOnPort(of: listener) }
        }
        guard areTogether else { return [] }
        let hint = "change one of the paths, or the port of one of the contracts"
        let shared = definition.bindings.compactMap { binding -> ContractFault? in
            guard let taken = earlier.bindings.first(where: { $0.shape == binding.shape }) else { return nil }
            return ContractFault(
                "\(binding.method) \(binding.path) is taken by the contract \"\(earlier.name)\" (\(taken.location))",
                at: binding.location, hint: hint)
        }
        return shared + self.checkEndpoints(definition, earlier, hint) + self.checkEndpoints(earlier, definition, hint)
    }

    /// Requests of one contract whose path is an endpoint of the other.
    private static func checkEndpoints(
        _ definition: PlatformDefinition, _ other: PlatformDefinition, _ hint: String
    ) -> [ContractFault] {
        definition.bindings.compactMap { binding in
            guard
                let taken = other.listeners.first(where: { listener in
                    listener.takes(binding.method, binding.path)
                        && definition.listeners.contains { $0.isOnPort(of: listener) }
                })
            else { return nil }
            return ContractFault(
                "\(binding.method) \(binding.path) is the \(taken.kindInWords) endpoint of the contract \"\(other.name)\" (\(taken.location))",
                at: binding.location, hint: hint)
        }
    }
}

extension HTTPBinding {
    /// Equal for requests that differ in the names of their path's parameters only.
    var shape: String {
        let segments = self.path.split(separator: "/", omittingEmptySubsequences: false)
        return "\(self.method) \(segments.map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/"))"
    }
}

extension ListenerRules {
    var kindInWords: String { self.isSocketIO ? "Socket.IO" : "WebSocket" }

    /// Whether requests with this path are the endpoint's. Socket.IO takes everything below its path.
    func takes(_ method: String, _ path: String) -> Bool {
        guard self.isSocketIO else { return method == "GET" && path == self.path }
        return path == self.path || path.hasPrefix(self.path + "/")
    }

    fileprivate var address: String { "\(self.host ?? "*"):\(self.port)\(self.path)" }

    /// Port 0 is a different port each time; no host is every address.
    fileprivate func collides(with other: ListenerRules) -> Bool {
        self.isOnPort(of: other) && (self.takes("GET", other.path) || other.takes("GET", self.path))
    }

    fileprivate func isOnPort(of other: ListenerRules) -> Bool {
        self.port != 0 && self.port == other.port
            && (self.host == nil || other.host == nil || self.host == other.host)
    }
}
