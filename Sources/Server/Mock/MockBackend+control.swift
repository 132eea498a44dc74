// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Contract
package import HTTPAPI
package import JSON
import NIOCore
package import Realtime

/// What tests ask of a mock backend.
extension MockBackend: MockControl {
    private struct Figures: Sendable {
        var isPaused: Bool
        var published: Int
        var failed: Int
        var underWay: [(number: Int, name: String, steps: Int)] = []
    }

    package func description() async -> [UInt8] {
        let played = try? await self.withPlayer { player in
            Figures(
                isPaused: player.isPaused, published: player.publishedCount, failed: player.failedCount,
                underWay: player.underWay)
        }.get()
        let figures = played.flatMap { $0 } ?? self.exampleFigures
        var users: [(user: Scenario.User, credential: String?)] = []
        for user in self.scenario?.users ?? [] { users.append((user, await self.credential(of: user))) }
        var writer = JSONWriter()
        writer.beginObject()
        self.writeScenario(to: &writer)
        writer.key("paused")
        writer.bool(figures.isPaused)
        writer.key("published")
        writer.int(figures.published)
        writer.key("failed")
        writer.int(figures.failed)
        self.writeOutage(to: &writer)
        writer.key("running")
        writer.beginArray()
        for run in figures.underWay {
            writer.beginObject()
            writer.key("run")
            writer.int(run.number)
            writer.key("name")
            writer.string(run.name)
            writer.key("steps")
            writer.int(run.steps)
            writer.endObject()
        }
        writer.endArray()
        self.write(users, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    package func play(
        _ name: String, with variables: [(name: String, value: JSONDocument)]
    ) async throws(RequestError) -> Int {
        guard let scenario else {
            throw RequestError(.notFound, "the platform has no scenario; give one with --scenario")
        }
        guard let track = scenario.track(name) else {
            let question = Spelling.question(for: name, among: scenario.names)
            throw RequestError(.notFound, "the scenario has no moment, track or step \"\(name)\"\(question)")
        }
        let values = Dictionary(variables.map { ($0.name, $0.value) }) { _, last in last }
        let run = try? await self.withPlayer { $0.begin(track, variables: values, isHasty: true) }.get()
        guard case .some(let began) = run else { throw RequestError(.shuttingDown, "the server is going down") }
        guard let number = began else { throw RequestError(.conflict, "the scenario has too much under way") }
        return number
    }

    package func pause() async {
        self.holdExamples(true)
        _ = try? await self.withPlayer { $0.pause() }.get()
    }

    package func resume() async {
        self.holdExamples(false)
        _ = try? await self.withPlayer { $0.resume() }.get()
    }

    package func reset(isPaused: Bool) async {
        self.holdExamples(isPaused)
        self.gate.close()
        // What the platform keeps is there when the answer comes.
        guard self.scenario != nil else { return }
        let loop = self.platform.eventLoops[0]
        let isSet = loop.makePromise(of: Void.self)
        let hasBegun = try? await self.withPlayer { player in
            player.reset(isPaused: isPaused) { isSet.succeed() }
            return true
        }.get()
        if hasBegun != true { isSet.succeed() }
        try? await isSet.futureResult.get()
    }

    package func breakDown(_ outage: MockOutage?) async {
        guard let outage else { return self.gate.close() }
        self.gate.open(ScenarioStep.Outage(outage), on: self.platform.eventLoops[0])
        guard let code = outage.close else { return }
        self.platform.disconnectAll(CloseCode(rawValue: code), reason: "an outage on purpose")
    }

    private var exampleFigures: Figures {
        Figures(isPaused: self.areExamplesHeld, published: self.exampleCount, failed: 0)
    }

    // MARK: Description

    private func writeScenario(to writer: inout JSONWriter) {
        writer.key("scenario")
        if let scenario {
            writer.beginObject()
            writer.key("title")
            writer.string(scenario.title)
            writer.key("file")
            writer.string(scenario.file)
            writer.endObject()
        } else {
            writer.null()
        }
        for (key, tracks) in [
            ("tracks", self.scenario?.tracks), ("moments", self.scenario?.moments),
            ("steps", self.scenario?.namedSteps),
        ] {
            writer.key(key)
            writer.beginArray()
            for track in tracks ?? [] { writer.string(track.name) }
            writer.endArray()
        }
    }

    private func writeOutage(to writer: inout JSONWriter) {
        writer.key("outage")
        guard let outage = self.gate.outage else { return writer.null() }
        writer.beginObject()
        if let refusal = outage.refusal {
            writer.key("refuse")
            writer.string(refusal.rawValue)
        }
        if let code = outage.close {
            writer.key("close")
            writer.int(Int(code))
        }
        for (key, milliseconds) in [("slow", outage.slow), ("for", outage.length)] {
            guard let milliseconds else { continue }
            writer.key(key)
            writer.double(Double(milliseconds) / 1000)
        }
        writer.endObject()
    }

    private func write(_ users: [(user: Scenario.User, credential: String?)], to writer: inout JSONWriter) {
        writer.key("users")
        writer.beginArray()
        for (user, credential) in users {
            writer.beginObject()
            writer.key("id")
            writer.string(user.id)
            writer.key("name")
            if let name = user.name { writer.string(name) } else { writer.null() }
            writer.key("roles")
            writer.beginArray()
            for role in user.roles { writer.string(role) }
            writer.endArray()
            if let credential {
                writer.key(self.platform.definition.isBySession ? "session" : "token")
                writer.string(credential)
            }
            writer.endObject()
        }
        writer.endArray()
    }
}

extension ScenarioStep.Outage {
    fileprivate init(_ outage: MockOutage) {
        self.init()
        self.refusal = outage.refusal.flatMap { Refusal(rawValue: $0.rawValue) }
        self.close = outage.close
        self.slow = outage.slow
        self.length = outage.length
    }
}
