// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import Realtime

/// The examples of a contract as a backend would publish them: in the contract's order, stamped with the present time.
package struct ExamplePublications: Sendable {
    private let definition: PlatformDefinition
    /// Event and payload, in the order of the contract.
    private let examples: [(event: String, payload: JSONDocument)]

    package init(_ definition: PlatformDefinition) {
        self.definition = definition
        // Events that the server publishes by itself come by themselves.
        let held = Set(definition.waits.map(\.event))
        self.examples = definition.events.values
            .filter { !held.contains($0.name) }
            .sorted { $0.location.line < $1.location.line }
            .flatMap { event in event.examples.map { (event.name, $0) } }
    }

    package var count: Int { self.examples.count }

    /// The request for the example at this place; places count on from the last to the first.
    package func request(at place: Int, now: Timestamp) -> PublishRequest? {
        guard !self.examples.isEmpty else { return nil }
        let example = self.examples[place % self.examples.count]
        let payload = Self.stamped(example.payload, now: now)
        return PublishRequest(event: example.event, data: payload.root)
    }

    /// Users whose own channels the examples go to, in the order in which they come up.
    package var users: [String] {
        guard let pattern = self.definition.userChannel else { return [] }
        var users: [String] = []
        for example in self.examples {
            let request = PublishRequest(event: example.event, data: example.payload.root)
            guard let routed = try? self.definition.route(request, facts: MemberTable()) else { continue }
            for match in routed.channels where match.rules.pattern == pattern {
                let user = String(match.parameters[0])
                if !users.contains(user) { users.append(user) }
            }
        }
        return users
    }

    /// The payload with its own `timestamp`, if it has one, set to now.
    private static func stamped(_ payload: JSONDocument, now: Timestamp) -> JSONDocument {
        guard payload.root.kind == .object, payload.root["timestamp"]?.kind == .string else { return payload }
        var writer = JSONWriter()
        writer.beginObject()
        for member in payload.root.members {
            writer.key(member.name)
            if member.name == "timestamp" { writer.string(now.description) } else { writer.raw(member.value.rawBytes) }
        }
        writer.endObject()
        return (try? JSONDocument(parsing: writer.bytes)) ?? payload
    }
}
