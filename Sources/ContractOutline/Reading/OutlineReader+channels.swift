// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Channels and events.
extension OutlineReader {
    func channel(_ rules: ChannelRules) -> ChannelOutline {
        let pattern = rules.pattern.description
        var keeps: [String] = []
        if let history = rules.history {
            let place = history.isDurable ? "in the store" : "in memory"
            keeps.append("the last \(history.count) publications for \(Words.duration(history.age)), \(place)")
        }
        if rules.isRecoverable { keeps.append("what clients missed while they were away") }
        if rules.existsByRecord { keeps.append("a record, without which the channel does not exist") }
        if let presence = rules.presence {
            keeps.append(
                "who is online, for \(Words.duration(presence.grace)) after the last connection was lost")
        }
        return ChannelOutline(
            pattern: pattern, parameters: rules.pattern.parameters, rights: rules.subscribe.map(RightWords.text),
            clientRights: rules.clientPublish.map(RightWords.text), keeps: keeps, isInternal: rules.isInternal,
            undeclared: rules.acceptsUndeclaredEvents ? rules.undeclaredEvents.map { "\($0)" } ?? "any" : nil,
            wildcard: rules.wildcard?.rawValue, location: self.location("channels", pattern))
    }

    func event(_ member: JSONNode.Member) -> EventOutline {
        let node = member.value
        let type = self.definition.events[member.name]
        let routes = (node["to"]).map(self.list) ?? []
        let examples = node["examples"].map(self.list) ?? []
        return EventOutline(
            name: member.name, description: node["description"]?.scalarText, schema: node["data"]?.jsonText,
            routes: routes.map(Self.words), channels: self.patterns(of: routes),
            examples: (node["example"].map { [$0] } ?? []).map(\.jsonText) + examples.map(\.jsonText), app: nil,
            kept: (type?.inboxAge).map { Words.duration($0) },
            isEphemeral: node["ephemeral"]?.bool ?? false, notes: self.notes(member.name, node),
            location: self.location("events", member.name), records: Self.records(node["record"]))
    }

    /// Those that are written as a whole; what changes or ends one says nothing of its form.
    private static func records(_ node: JSONNode?) -> [EventOutline.Record] {
        (node.map { Array($0.members) } ?? []).filter { $0.value["merge"] == nil && $0.value["remove"] == nil }.map {
            EventOutline.Record(channel: $0.name, template: $0.value.jsonText)
        }
    }

    /// A route in words.
    private static func words(_ route: JSONNode) -> String {
        if let text = route.scalarText { return text }
        let name = route["as"]?.scalarText ?? ""
        if let channel = route["membersOf"]?.scalarText {
            let exception = (route["except"]?.scalarText).map { ", but not for \($0)" } ?? ""
            return "\(name) for each member of \(channel)\(exception)"
        }
        let user = route["companionsOf"]?.scalarText ?? ""
        return "\(name) for each user who shares a channel \(route["in"]?.scalarText ?? "") with \(user)"
    }

    /// The patterns that the routes' names match, each once.
    private func patterns(of routes: [JSONNode]) -> [String] {
        var patterns: [String] = []
        for route in routes {
            guard let text = route.scalarText ?? route["as"]?.scalarText,
                let pattern = self.pattern(of: text)?.description, !patterns.contains(pattern)
            else { continue }
            patterns.append(pattern)
        }
        return patterns
    }

    /// The declared pattern that a name with places belongs to. A pattern that is a parameter alone is for names that no other matches.
    func pattern(of text: String) -> ChannelPattern? {
        let wanted = PlaceScanner.parts(of: text)
        guard !wanted.isEmpty else { return nil }
        let name = ChannelPattern(parts: wanted)
        let fitting = self.definition.channels.map(\.pattern).filter { $0.overlaps(name) }
        return fitting.first { $0.parts.count > 1 || $0.parameters.isEmpty } ?? fitting.first
    }

    private func notes(_ name: String, _ node: JSONNode) -> [String] {
        var notes: [String] = []
        if let wait = self.definition.waits.first(where: { $0.event == name }), let written = node["await"] {
            let count = written["count"]?.scalarText ?? ""
            let counted = written["event"]?.scalarText ?? ""
            notes.append(
                "Published by the server after \(count) \(counted) with one \(written["key"]?.scalarText ?? "key"), or \(Words.duration(wait.within)) after the first."
            )
        }
        if self.definition.presence?.event == name {
            notes.append("Published by the server when a user's first connection comes and his last one has gone.")
        }
        let presence = self.definition.channels.filter {
            $0.presence?.online?.event == name || $0.presence?.offline?.event == name
        }
        for channel in presence {
            notes.append("Published by the server when somebody comes to \(channel.pattern), or leaves it.")
        }
        if let expires = node["expires"] {
            let age = expires["after"]?.scalarText ?? ""
            notes.append("Ends by itself after \(age), with another one.")
        }
        for rule in self.definition.events[name]?.derived ?? [] { notes.append("\(rule.event) follows from it.") }
        if let delay = node["endsConnections"]?.scalarText {
            notes.append("The connections that it reaches end \(delay) later.")
        }
        return notes
    }
}
