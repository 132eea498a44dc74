// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Reads `presence:`, the event that the server publishes when a user comes or goes.
struct PresenceCompiler {
    let events: [EventCompiler.Compiled]
    let faults: FaultCollector

    func presence(_ node: DocumentNode?) -> PlatformDefinition.Presence? {
        guard let node, let map = MapReader(node, ContractKeys.presence, what: "presence", self.faults) else {
            return nil
        }
        let grace = map["grace"].map { $0.duration("\"grace\"", allowsZero: true, self.faults) } ?? 10_000
        let context = TemplateContext(name: "the data of \"presence\"", roots: [.presence, .user, .now])
        let dataNode = map.required("data", hint: "write data: { user: \"{user.id}\", status: \"{presence.status}\" }")
        let data = dataNode.map { TemplateCompiler(context: context, faults: self.faults).template($0) }
        guard let value = map.required("event", hint: "the event that says it, declared under events"),
            let name = value.nonEmptyText("\"event\"", self.faults)
        else { return nil }
        guard let event = self.events.first(where: { $0.type.name == name }) else {
            self.faults.error(
                "there is no event \"\(name)\"", at: value.location,
                hint: Spelling.suggestion(for: name, among: self.events.map(\.type.name))
                    ?? "declare it under events: and say there where it goes")
            return nil
        }
        if event.type.routes.isEmpty {
            self.faults.error(
                "\(name) goes nowhere", at: value.location,
                hint: "say under events: where it goes, such as "
                    + "to: [ { companionsOf: \"{user}\", in: \"room:{roomId}\", as: \"user:{member}\" } ]")
        }
        guard let grace, let data, let dataNode else { return nil }
        self.check(data, of: event.type, at: dataNode.location)
        return PlatformDefinition.Presence(event: name, grace: grace, data: data, location: node.location)
    }

    /// Tries the template on a user who has everything: what is missing then is always missing.
    private func check(_ data: Template, of event: EventType, at location: SourceLocation) {
        guard let schema = event.schema else { return }
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        scope.identity = Identity(user: UserID("user"), roles: [])
        scope.identity?.name = "name"
        scope.identity?.avatar = "avatar"
        scope.presence = (UserID("user"), true)
        guard let payload = try? JSONDocument(parsing: data.rendered(in: scope), maximumDepth: 128) else { return }
        for violation in schema.violations(in: payload.root)
        where violation.keyword == "required" && violation.instance.tokens.isEmpty {
            self.faults.error("\"data\" breaks the schema of \(event.name): it \(violation.message)", at: location)
        }
    }
}
