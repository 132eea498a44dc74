// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Makes a scenario of a file's values, for the platform that it names.
struct ScenarioCompiler {
    private static let maximumSeed = Int(Int32.max)

    let file: String
    let faults: FaultCollector
    private let values: ScenarioValueCompiler

    init(file: String, faults: FaultCollector) {
        self.file = file
        self.faults = faults
        self.values = ScenarioValueCompiler(faults: faults)
    }

    /// - Parameter definitions: the platforms that are served, or checked.
    /// - Returns: `nil`, after a fault, when the file is not for one of them.
    func scenario(_ root: DocumentNode, for definitions: [PlatformDefinition]) -> Scenario? {
        guard let map = MapReader(root, ScenarioKeys.scenario, what: "a scenario", self.faults),
            let named = map.required("scenario", hint: "write the platform's name, such as scenario: rooms"),
            let name = named.nonEmptyText("\"scenario\"", self.faults)
        else { return nil }
        let definition = definitions.first { $0.name == name }
        if definition == nil {
            let names = definitions.map(\.name)
            self.faults.error(
                "no contract of the platform \"\(name)\" is given", at: named.location,
                hint: Spelling.hint(for: name, among: names) ?? "give the contract as well")
        }
        let title = map["title"]?.nonEmptyText("\"title\"", self.faults)
        var scenario = Scenario(
            platform: name, title: title ?? name, file: self.file, location: named.location)
        if let node = map["seed"] { scenario.seed = self.seed(node) }
        scenario.users = self.users(map["users"])
        scenario.members = self.members(map["members"], definition)
        scenario.records = self.records(map["records"], definition)
        if let node = map["variables"] { scenario.variables = self.values.assignments(node, "\"variables\"") }
        let moments = map["moments"]?.entries("\"moments\"", self.faults) ?? []
        let steps = ScenarioStepCompiler(values: self.values, faults: self.faults, moments: moments.map(\.key))
        scenario.moments = moments.map { self.track($0, steps) }
        scenario.tracks = (map["tracks"]?.entries("\"tracks\"", self.faults) ?? []).map { self.track($0, steps) }
        if let node = map["on"] {
            for name in ["args", "user", "event", "call"] { self.values.define(name) }
            scenario.reactions = node.elements.compactMap { self.reaction($0, steps) }
        }
        self.values.checkVariables()
        self.checkNames(scenario)
        ScenarioCycles(faults: self.faults).check(scenario.moments)
        if let definition, self.faults.errorCount == 0 {
            ScenarioRehearsal(scenario, definition, faults: self.faults).run()
        }
        return definition == nil ? nil : scenario
    }

    /// A number, or `random` for another one each time.
    private func seed(_ node: DocumentNode) -> UInt64 {
        if case .text("random") = node.value { return .random(in: 0...UInt64.max) }
        return UInt64(node.integer("\"seed\"", in: 0...Self.maximumSeed, self.faults) ?? 1)
    }

    private func users(_ node: DocumentNode?) -> [Scenario.User] {
        (node?.entries("\"users\"", self.faults) ?? []).compactMap { entry in
            guard let map = MapReader(entry.value, ScenarioKeys.user, what: "a user", self.faults) else { return nil }
            guard (1...128).contains(entry.key.utf8.count) else {
                self.faults.error("a user's id has 1 to 128 bytes", at: entry.keyLocation)
                return nil
            }
            var user = Scenario.User(id: entry.key)
            user.name = map["name"]?.nonEmptyText("\"name\"", self.faults)
            user.avatar = map["avatar"]?.nonEmptyText("\"avatar\"", self.faults)
            user.roles = map["roles"]?.texts("\"roles\"", self.faults).map(\.text) ?? []
            for claim in map["claims"]?.entries("\"claims\"", self.faults) ?? [] {
                var rendering = JSONRendering()
                rendering.append(claim.value, at: JSONPointer())
                user.claims.append(Scenario.Claim(name: claim.key, json: rendering.writer.bytes))
            }
            return user
        }
    }

    private func members(
        _ node: DocumentNode?, _ definition: PlatformDefinition?
    ) -> [(channel: ChannelName, users: [UserID])] {
        (node?.entries("\"members\"", self.faults) ?? []).compactMap { entry in
            guard let channel = self.channel(entry, definition) else { return nil }
            return (channel, entry.value.texts("a member", self.faults).map { UserID($0.text) })
        }
    }

    private func records(
        _ node: DocumentNode?, _ definition: PlatformDefinition?
    ) -> [(channel: ChannelName, record: [UInt8])] {
        (node?.entries("\"records\"", self.faults) ?? []).compactMap { entry in
            guard let channel = self.channel(entry, definition) else { return nil }
            guard case .map = entry.value.value else { return entry.value.refuse("a record", "a map", self.faults) }
            var rendering = JSONRendering()
            rendering.append(entry.value, at: JSONPointer())
            return (channel, rendering.writer.bytes)
        }
    }

    private func channel(_ entry: DocumentNode.Entry, _ definition: PlatformDefinition?) -> ChannelName? {
        guard let definition else { return ChannelName(entry.key) }
        if let match = definition.match(entry.key) { return match.name }
        self.faults.error(
            "no channel of the contract is named \"\(entry.key)\"", at: entry.keyLocation,
            hint: Spelling.hint(for: entry.key, among: definition.channels.map(\.pattern.description)))
        return nil
    }

    /// A list of steps, or a map with the variables that they see.
    private func track(_ entry: DocumentNode.Entry, _ steps: ScenarioStepCompiler) -> Scenario.Track {
        var track = Scenario.Track(name: entry.key, steps: [], location: entry.keyLocation)
        if case .list = entry.value.value {
            track.steps = steps.steps(entry.value, "\"\(entry.key)\"")
        } else if let map = MapReader(
            entry.value, ScenarioKeys.track, what: "a list of steps with variables", self.faults)
        {
            if let node = map["with"] { track.defaults = self.values.assignments(node, "\"with\"") }
            if let body = map.required("do") { track.steps = steps.steps(body, "\"do\"") }
        }
        return track
    }

    private func reaction(_ node: DocumentNode, _ steps: ScenarioStepCompiler) -> ScenarioReaction? {
        guard let map = MapReader(node, ScenarioKeys.reaction, what: "a reaction", self.faults) else { return nil }
        let call = map["call"]?.nonEmptyText("\"call\"", self.faults)
        let command = map["command"]?.nonEmptyText("\"command\"", self.faults)
        guard (call == nil) != (command == nil) else {
            self.faults.error(
                "a reaction is to a call or to a command", at: node.location,
                hint: "write call: \"quiz:answer_submit\" or command: chat_message")
            return nil
        }
        if command != nil {
            for key in ["app", "answer", "after", "fail"] where map[key] != nil {
                self.faults.error(
                    "\"\(key)\" belongs to a call: a command is answered by the server", at: map.keyLocation(key))
            }
        } else if map["answer"] == nil, map["fail"] == nil {
            self.faults.error(
                "the call is not answered", at: node.location, hint: "write answer: { … }, fail: late, or both")
        }
        return ScenarioReaction(
            trigger: call.map { .call($0) } ?? .command(command ?? ""),
            app: map["app"]?.nonEmptyText("\"app\"", self.faults),
            conditions: map["when"].map(self.conditions) ?? [],
            answer: map["answer"].map(self.values.value),
            after: map["after"].flatMap { steps.range($0, "\"after\"") }, failure: map["fail"].map(self.failure),
            example: map["example"].map(self.values.value),
            steps: map["do"].map { steps.steps($0, "\"do\"") } ?? [], location: node.location)
    }

    private func conditions(_ node: DocumentNode) -> [ScenarioReaction.Condition] {
        (node.entries("\"when\"", self.faults) ?? []).compactMap { entry in
            var rendering = JSONRendering()
            rendering.append(entry.value, at: JSONPointer())
            let path = entry.key.split(separator: ".").map(String.init)
            return rendering.document.map { ScenarioReaction.Condition(path: path, value: $0) }
        }
    }

    /// A word, or a choice of words.
    private func failure(_ node: DocumentNode) -> ScenarioValue {
        let words = ScenarioReaction.Failure.allCases.map(\.rawValue)
        let named = node["pick"] ?? node["next"] ?? node
        for element in named.elements { _ = element.word("\"fail\"", among: words, self.faults) }
        return self.values.value(node)
    }

    /// A name stands for one thing that can be played.
    private func checkNames(_ scenario: Scenario) {
        var known: [String: SourceLocation] = [:]
        for track in scenario.moments + scenario.tracks + scenario.namedSteps {
            if let first = known[track.name] {
                self.faults.error(
                    "the name \"\(track.name)\" is taken in line \(first.line)", at: track.location,
                    hint: "moments, tracks and named steps are played by their names")
            }
            known[track.name] = known[track.name] ?? track.location
        }
    }
}
