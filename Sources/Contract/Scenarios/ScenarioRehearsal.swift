// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// Takes every step of a scenario once for each choice that its values have, and holds what would be published against the contract.
final class ScenarioRehearsal {
    private static let maximumVariantCount = 64
    /// Steps are looked at so often at most, over all choices; elements of long lists beyond are not.
    private static let maximumStepCount = 50_000

    private let scenario: Scenario
    private let definition: PlatformDefinition
    private let faults: FaultCollector
    private let now = SystemClock().now()
    /// Channels that something is known about at some time, so that they exist.
    private var known: Set<ChannelName>
    private var stepCount = 0
    private var choiceCount = 1
    /// The first time through only gathers what there will be.
    private var isGathering = true

    init(_ scenario: Scenario, _ definition: PlatformDefinition, faults: FaultCollector) {
        self.scenario = scenario
        self.definition = definition
        self.faults = faults
        self.known = Set(scenario.records.map(\.channel))
    }

    func run() {
        self.checkReactions()
        var variant = 0
        for isGathering in [true, false] {
            self.isGathering = isGathering
            self.stepCount = 0
            variant = 0
            while variant < min(max(self.choiceCount, 2), Self.maximumVariantCount) {
                self.run(variant: variant)
                variant += 1
            }
        }
    }

    private func run(variant: Int) {
        var base = ScenarioMemory(variant: variant)
        base.set(self.scenario.variables, now: self.now)
        for track in self.scenario.tracks + self.scenario.moments {
            var memory = base
            memory.set(track.defaults, now: self.now)
            self.take(track.steps, &memory, isComplete: true)
        }
        for reaction in self.scenario.reactions {
            var memory = base
            if let example = reaction.example { memory["args"] = memory.document(example, now: self.now) }
            memory["event"] = try? JSONDocument(parsing: Array("\"event\"".utf8))
            memory["user"] = try? JSONDocument(parsing: Array(#"{"id":"user"}"#.utf8))
            self.take(reaction.steps, &memory, isComplete: reaction.example != nil)
        }
    }

    /// - Parameter isComplete: payloads are known to the last value.
    private func take(_ steps: [ScenarioStep], _ memory: inout ScenarioMemory, isComplete: Bool) {
        for step in steps {
            self.stepCount += 1
            guard self.stepCount <= Self.maximumStepCount else { return }
            switch step.action {
            case .publish(let publication): self.check(publication, step, &memory, isComplete: isComplete)
            case .loop(let loop): self.take(loop.steps, &memory, isComplete: isComplete)
            case .each(let each):
                let elements = memory.elements(each.list, now: self.now)
                if elements.isEmpty, isComplete, case .variable(let name) = each.list {
                    self.fault("\"\(name)\" holds no list with something in it", at: step.location)
                }
                for element in elements {
                    memory[each.name] = element
                    self.take(each.steps, &memory, isComplete: isComplete)
                }
            case .set(let assignments): memory.set(assignments, now: self.now)
            // Moments are rehearsed on their own; what they are given is looked at when they play.
            case .play, .wait, .disconnect, .outage: break
            }
            self.choiceCount = max(self.choiceCount, memory.choiceCount)
        }
    }

    // MARK: Publications

    private func check(
        _ publication: ScenarioStep.Publication, _ step: ScenarioStep, _ memory: inout ScenarioMemory,
        isComplete: Bool
    ) {
        let data = memory.document(publication.data, now: self.now)
        self.choiceCount = max(self.choiceCount, memory.choiceCount)
        guard let root = data?.root else { return }
        var request = PublishRequest(event: publication.event, data: root)
        request.channels = publication.channels?.map { memory.text($0, now: self.now) }
        request.users = publication.users?.map { memory.text($0, now: self.now) }
        let event = self.definition.events[publication.event]
        if let app = publication.app {
            self.checkApp(app, publication.event, request, step)
        } else if event == nil, request.channels == nil, request.users == nil {
            self.fault(
                "the contract has no event \"\(publication.event)\"", at: step.location,
                hint: Spelling.hint(for: publication.event, among: self.definition.events.keys.sorted())
                    ?? "name the channels that it goes to: channels: [ … ]")
            return
        }
        guard isComplete else { return }
        let schema = event?.schema ?? self.appSchema(publication)
        for violation in schema?.violations(in: root) ?? [] {
            let path =
                violation.instance.tokens.isEmpty ? "it" : "\"\(violation.instance.tokens.joined(separator: "."))\""
            self.fault(
                "the payload breaks the schema of \(publication.event): \(path) \(violation.message)",
                at: publication.data.location(of: violation.instance))
        }
        self.checkRoutes(request, event, step)
    }

    private func checkRoutes(_ request: PublishRequest, _ event: EventType?, _ step: ScenarioStep) {
        let routed: RoutedEvent
        do throws(RequestError) {
            routed = try self.definition.route(request, facts: MemberTable())
        } catch {
            return self.fault("\(request.event) cannot be published: \(error.message)", at: step.location)
        }
        for effect in event?.recordEffects ?? [] {
            if case .remove = effect.change { continue }
            let match = try? self.definition.channel(effect.channel, payload: request.data)
            if let name = match?.name { self.known.insert(name) }
        }
        for match in routed.channels where match.rules.existsByRecord && !self.known.contains(match.name) {
            self.fault(
                "nothing makes \(match.name) before this is published", at: step.location,
                hint: "publish the event that makes it, or give it a record: records: { \"\(match.name)\": { … } }")
        }
    }

    private func checkApp(_ id: String, _ event: String, _ request: PublishRequest, _ step: ScenarioStep) {
        if request.channels == nil {
            self.fault(
                "an app publishes into channels that it names", at: step.location, hint: "write channels: [ … ]")
        }
        // Without a manifest the app may be registered later.
        guard let manifest = self.definition.apps?.manifest, !manifest.isEmpty else { return }
        guard let app = manifest.first(where: { $0.id == id }) else {
            return self.fault(
                "the manifest has no app \"\(id)\"", at: step.location,
                hint: Spelling.hint(for: id, among: manifest.map(\.id)))
        }
        guard !app.owns(event: event) else { return }
        let prefixes = app.allPrefixes.map { "\"\($0):\"" }.joined(separator: " or ")
        self.fault("the names of this app's events begin with \(prefixes)", at: step.location)
    }

    private func appSchema(_ publication: ScenarioStep.Publication) -> CompiledSchema? {
        guard let id = publication.app else { return nil }
        let app = self.definition.apps?.manifest.first { $0.id == id }
        return app?.events[publication.event]?.compiledSchema
    }

    // MARK: Reactions

    private func checkReactions() {
        for reaction in self.scenario.reactions {
            switch reaction.trigger {
            case .command(let name):
                guard name.last != "*", self.definition.commands[name] == nil else { continue }
                self.report(
                    "the contract has no command \"\(name)\"", at: reaction.location,
                    hint: Spelling.hint(for: name, among: self.definition.commands.keys.sorted()))
            case .call:
                guard self.definition.apps == nil else { continue }
                self.report("the contract has no apps that could be called", at: reaction.location)
            }
        }
    }

    private func fault(_ message: String, at location: SourceLocation, hint: String? = nil) {
        if !self.isGathering { self.report(message, at: location, hint: hint) }
    }

    private func report(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.faults.error(message, at: location, hint: hint)
    }
}
