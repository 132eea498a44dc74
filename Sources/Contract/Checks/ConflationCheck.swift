// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSONSchema
import Realtime

/// Finds channels that conflate by a field that none of their events has.
struct ConflationCheck {
    let events: [EventCompiler.Compiled]
    let faults: FaultCollector

    func check(_ channels: [ChannelRules]) {
        for rules in channels where !rules.acceptsUndeclaredEvents {
            guard case .conflate(let keys) = rules.slow else { continue }
            let events = self.events.filter { $0.type.goesTo(rules.pattern) }
            guard !events.isEmpty, events.allSatisfy({ Self.lacks(keys, $0.fields) }) else { continue }
            self.faults.error(
                "no event that goes to \"\(rules.pattern)\" has the field \"\(keys.joined(separator: "."))\"",
                at: rules.location,
                hint: "conflate by a field of \(events.prefix(8).map(\.type.name).joined(separator: ", "))")
        }
    }

    private static func lacks(_ keys: [String], _ fields: PayloadFields) -> Bool {
        guard let schema = fields.knowledge.schema else { return false }
        switch schema.property(keys) {
        case .required, .optional: return false
        case .unknown, .impossible: return true
        }
    }
}

extension EventType {
    /// Whether one of its own routes may lead to a channel of the pattern.
    func goesTo(_ pattern: ChannelPattern) -> Bool { self.targets.contains { $0.pattern.overlaps(pattern) } }

    /// The names of channels that its routes make.
    var targets: [NameTemplate] {
        self.routes.map { route in
            switch route {
            case .channel(let name, _): name
            case .membersOf(_, let name, _, _), .companionsOf(_, _, let name, _): name
            }
        }
    }
}
