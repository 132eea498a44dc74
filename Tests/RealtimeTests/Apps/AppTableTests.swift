// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

extension PlatformDefinition {
    static func gallery(_ manifest: [App] = [], _ change: (inout PlatformDefinition) -> Void = { _ in })
        -> PlatformDefinition
    {
        .market {
            $0.apps = AppRules(channel: ChannelPattern("room:{roomId}"), manifest: manifest, location: .test)
            change(&$0)
        }
    }
}

struct AppTableTests {
    private func put(_ app: App, on stage: Stage) -> Result<String?, RequestError>? {
        let result = Mutexed<Result<String?, RequestError>?>(nil)
        stage.platform.putApp(app) { value in result.change { $0 = value } }
        stage.loop.run()
        return result.value
    }

    private func key(_ app: App, on stage: Stage) throws -> String {
        try #require(try self.put(app, on: stage)?.get())
    }

    @Test func `ROOM-076 an app is known by its key, its id and its events from the moment it is registered`() throws {
        let stage = try Stage(.gallery())
        let key = try self.key(App(id: "app_lottery_v1", permissions: ["realtime:publish"]), on: stage)
        #expect(stage.platform.apps.app(withKey: key)?.id == "app_lottery_v1")
        #expect(stage.platform.apps.app(withKey: key + "x") == nil)
        #expect(stage.platform.apps.app(owning: "lottery:draw_started")?.id == "app_lottery_v1")
        #expect(stage.platform.apps.app(owning: "app_lottery_v1:x")?.has(.publish) == true)
        #expect(stage.platform.apps.app(owning: "quiz:x") == nil)
    }

    @Test func `the store has the digest of a key alone, and the apps are there again after a restart`() throws {
        let stage = try Stage(.gallery())
        var app = App(id: "app_quiz_v1", permissions: ["realtime:publish"], rooms: ["r1"])
        app.name = "Quiz"
        app.webhook = App.Webhook(url: "http://localhost/calls", secret: "whsec_" + String(repeating: "A", count: 32))
        let schema = JSONDocument.of(#"{"type":"object","required":["q"]}"#)
        app.events["quiz:asked"] = AppEvent(
            description: "A question.", schema: schema, example: JSONDocument.of(#"{"q":1}"#))
        let key = try self.key(app, on: stage)
        let content = try #require(stage.engine.load().registrations.first).content
        #expect(!String(decoding: content, as: UTF8.self).contains(key))
        let later = try Stage(.gallery(), engine: EngineDouble(stage.engine.load()))
        app.keyHash = SecretText.key(of: key)
        #expect(later.platform.apps.app(withKey: key) == app)
        #expect(later.platform.apps.app("app_quiz_v1")?.events["quiz:asked"]?.compiledSchema != nil)
    }

    @Test func `no more apps are registered than there may be, and those that are may change`() throws {
        // Found in the store: each that is registered looks at all the others.
        var stored = EngineState()
        stored.registrations = (1..<AppTable.maximumRegisteredCount).map { App(id: "app_n\($0)x_v1").stored }
        let table = AppTable(stored, rules: PlatformDefinition.gallery().apps)
        func put(_ app: App) throws(RequestError) {
            _ = try table.enter(app.id) { _ in app }
            table.apply(.putRegistration(app.stored))
            table.leave(app.id)
        }
        try put(App(id: "app_last_v1"))
        #expect(table.all.count == AppTable.maximumRegisteredCount)
        #expect(throws: RequestError.self) { try put(App(id: "app_more_v1")) }
        try put(App(id: "app_n7x_v1", permissions: ["realtime:call"]))
        #expect(table.app("app_n7x_v1")?.has(.call) == true && table.all.count == AppTable.maximumRegisteredCount)
    }

    @Test func `a replaced key and a removed app end at once`() throws {
        let stage = try Stage(.gallery())
        let first = try self.key(App(id: "app_quiz_v1"), on: stage)
        // Told again, with other permissions: the key stays.
        #expect(try self.put(App(id: "app_quiz_v1", permissions: ["realtime:call"]), on: stage)?.get() == .some(nil))
        #expect(stage.platform.apps.app(withKey: first)?.has(.call) == true)
        let second = Mutexed("")
        stage.platform.renewKey(ofApp: "app_quiz_v1") { result in
            second.change { $0 = (try? result.get()) ?? "" }
        }
        stage.loop.run()
        #expect(stage.platform.apps.app(withKey: first) == nil)
        #expect(stage.platform.apps.app(withKey: second.value)?.id == "app_quiz_v1")
        stage.platform.removeApp("app_quiz_v1") { _ in }
        stage.loop.run()
        #expect(stage.platform.apps.app(withKey: second.value) == nil && stage.platform.apps.all.isEmpty)
    }

    @Test func `no two apps have events that begin alike`() throws {
        let stage = try Stage(.gallery([App(id: "app_quiz_v1", origin: .manifest)]))
        _ = try self.key(App(id: "app_lottery_v1"), on: stage)
        for (app, message) in [
            (App(id: "app_quiz_v2"), "events of \"app_quiz_v1\" begin with \"quiz:\" already"),
            (App(id: "x", prefixes: ["lottery:big"]), "events of \"app_lottery_v1\" begin with \"lottery:\" already"),
            (App(id: "lottery"), "events of \"app_lottery_v1\" begin with \"lottery:\" already"),
            (App(id: "app_quiz_v1"), "\"app_quiz_v1\" is an app of the manifest, and is changed there"),
        ] {
            guard case .failure(let error)? = self.put(app, on: stage) else {
                Issue.record("\(app.id) was registered")
                continue
            }
            #expect(error.code == .conflict && error.message == message)
        }
    }

    @Test func `of two apps that come at once with one prefix one is registered`() throws {
        let stage = try Stage(.gallery())
        stage.engine.hold()
        let results = Mutexed<[Result<String?, RequestError>]>([])
        for id in ["app_quiz_v1", "app_quiz_v2"] {
            stage.platform.putApp(App(id: id)) { result in results.change { $0.append(result) } }
        }
        stage.engine.release()
        stage.loop.run()
        #expect(stage.platform.apps.all.count == 1)
        #expect(results.value.count { (try? $0.get()) != nil } == 1)
    }

    @Test func `an app is changed by one at a time, so that no key and no app comes back`() throws {
        let stage = try Stage(.gallery())
        let first = try self.key(App(id: "app_quiz_v1"), on: stage)
        stage.engine.hold()
        let renewed = Mutexed<String?>(nil)
        let refused = Mutexed<[RequestError.Code]>([])
        stage.platform.renewKey(ofApp: "app_quiz_v1") { result in renewed.change { $0 = try? result.get() } }
        stage.platform.putApp(App(id: "app_quiz_v1")) { result in
            if case .failure(let error) = result { refused.change { $0.append(error.code) } }
        }
        stage.platform.removeApp("app_quiz_v1") { result in
            if case .failure(let error) = result { refused.change { $0.append(error.code) } }
        }
        stage.engine.release()
        stage.loop.run()
        #expect(refused.value == [.conflict, .conflict])
        #expect(stage.platform.apps.app(withKey: first) == nil)
        #expect(try stage.platform.apps.app(withKey: #require(renewed.value)) != nil)
    }

    @Test func `what could not be kept is not registered, and its prefix is free`() throws {
        let stage = try Stage(.gallery())
        stage.engine.failNext()
        guard case .failure(let error)? = self.put(App(id: "app_quiz_v1"), on: stage) else {
            Issue.record("it was registered")
            return
        }
        #expect(error.code == .storageUnavailable && stage.platform.apps.all.isEmpty)
        _ = try self.key(App(id: "app_quiz_v1"), on: stage)
    }

    @Test func `the platform's own events are no app's`() throws {
        let stage = try Stage(.gallery { $0.events["room:deleted"] = EventType("room:deleted", to: []) })
        guard case .failure(let error)? = self.put(App(id: "app_room_v1"), on: stage) else {
            Issue.record("it was registered")
            return
        }
        #expect(error.code == .conflict && error.message.contains("room:deleted"))
    }

    @Test func `a manifest that comes later goes first, and what was registered waits for its end`() throws {
        let stage = try Stage(.gallery())
        let key = try self.key(App(id: "app_quiz_v2"), on: stage)
        let adopt = { (definition: PlatformDefinition) in
            _ = stage.platform.adopt(definition, dialects: [LineDialect()], gatheredOn: stage.loop)
            stage.loop.run()
        }
        adopt(.gallery([App(id: "app_quiz_v1", origin: .manifest)]))
        #expect(stage.platform.apps.app(withKey: key) == nil)
        #expect(stage.platform.apps.suppressed.map(\.id) == ["app_quiz_v2"])
        #expect(stage.reports.count == 1 && stage.reports.first?.contains("\"app_quiz_v2\"") == true)
        adopt(.gallery())
        #expect(stage.platform.apps.app(withKey: key)?.id == "app_quiz_v2")
        adopt(.market())
        #expect(stage.platform.apps.all.isEmpty && stage.platform.apps.app(withKey: key) == nil)
        #expect(stage.reports.count == 1)
    }
}
