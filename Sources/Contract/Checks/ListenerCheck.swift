// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Finds listeners, and contracts, that would get in each other's way.
enum ListenerCheck {
    /// Reports listeners of one contract with the same port and path on the same address.
    static func check(_ listeners: [ListenerRules], _ faults: FaultCollector) {
        for (index, listener) in listeners.enumerated() {
            guard let earlier = listeners[..<index].first(where: { $0.collides(with: listener) }) else { continue }
            faults.error(
                "\(listener.endpoint) is taken by the listener in line \(earlier.location.line)", at: listener.location)
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
                for listener in definition.listeners {
                    guard let taken = earlier.listeners.first(where: { $0.collides(with: listener) }) else { continue }
                    faults.append(
                        ContractFault(
                            "\(listener.endpoint) is taken by the contract \"\(earlier.name)\" (\(taken.location))",
                            at: listener.location, hint: "change the port or the path of one of them"))
                }
            }
        }
        return faults.sorted()
    }
}

extension ListenerRules {
    fileprivate var endpoint: String { "\(self.host ?? "*"):\(self.port)\(self.webSocketPath)" }

    /// Port 0 is a different port each time; no host is every address.
    fileprivate func collides(with other: ListenerRules) -> Bool {
        self.port != 0 && self.port == other.port && self.webSocketPath == other.webSocketPath
            && (self.host == nil || other.host == nil || self.host == other.host)
    }
}
