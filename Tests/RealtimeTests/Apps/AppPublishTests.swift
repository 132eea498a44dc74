// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

struct AppPublishTests {
    private typealias Published = Result<(receipt: PublishReceipt, quota: AppQuota?), RequestError>

    private let stage: Stage
    private static let app = App(id: "app_quiz_v1", permissions: ["realtime:publish"])

    init() throws {
        self.stage = try Stage(
            .gallery {
                $0.limits.apps = [.init(.init(count: 3, window: 3_600_000), per: .app)]
                $0.channels = $0.channels.map { rules in
                    var rules = rules
                    if rules.pattern.description == "room:{roomId}" { rules.acceptsUndeclaredEvents = true }
                    return rules
                }
            })
        self.stage.say("room.opened", #"{"roomId":"1","title":"a"}"#)
    }

    private func publish(
        _ event: String, _ data: String = "{}", to channels: [String]? = ["room:1"], by app: App = Self.app,
        key: String? = nil
    ) -> Published? {
        let result = Mutexed<Published?>(nil)
        var request = PublishRequest(event: event, data: JSONDocument.of(data).root)
        request.channels = channels
        self.stage.platform.publish(request, by: app, key: key) { value in result.change { $0 = value } }
        self.stage.loop.run()
        return result.value
    }

    private func code(_ result: Published?) -> RequestError.Code? {
        guard case .failure(let error)? = result else { return nil }
        return error.code
    }

    @Test func `ROOM-035 ROOM-036 an app's event reaches the room with exactly its payload`() throws {
        let client = self.stage.connect(to: ["room:1"])
        let quota = try #require(try self.publish("quiz:asked", #"{"n":1.0}"#)?.get().quota)
        #expect(client.data == [#"{"n":1.0}"#])
        #expect(quota.limit == 3 && quota.remaining == 2)
    }

    @Test func `ROOM-037 ROOM-038 ROOM-068 ROOM-075 what an app may not is refused by its reason, and counts nothing`()
    {
        var mute = Self.app
        mute.permissions = []
        #expect(self.code(self.publish("quiz:asked", by: mute)) == .appForbidden)
        #expect(self.code(self.publish("lottery:x")) == .appPrefix)
        #expect(self.code(self.publish("quiz:asked", to: ["global"])) == .appForbidden)
        #expect(self.code(self.publish("quiz:asked", to: ["nothing"])) == .invalidChannel)
        #expect(self.code(self.publish("quiz:asked", to: ["room:2"])) == .notFound)
        #expect(self.code(self.publish("quiz:asked", to: nil)) == .appForbidden)
        var few = Self.app
        few.rooms = ["7"]
        #expect(self.code(self.publish("quiz:asked", by: few)) == .appForbidden)
        #expect(self.code(self.publish("quiz:" + String(repeating: "x", count: 260))) == .invalidRequest)
        for _ in 0..<3 { #expect(self.code(self.publish("quiz:asked")) == nil) }
        #expect(self.code(self.publish("quiz:asked")) == .rateLimited)
    }

    @Test func `ROOM-078 a key that comes again is answered alike, delivered once and counted once`() throws {
        let client = self.stage.connect(to: ["room:1"])
        let first = try #require(try self.publish("quiz:asked", key: "k")?.get())
        for _ in 0..<5 {
            let again = try #require(try self.publish("quiz:asked", key: "k")?.get())
            #expect(again.receipt.id == first.receipt.id && again.receipt.time == first.receipt.time)
            #expect(again.quota?.remaining == 2)
        }
        #expect(client.data.count == 1)
        #expect(self.code(self.publish("quiz:asked", #"{"n":2}"#, key: "k")) == .conflict)
        let other = App(id: "app_poll_v1", permissions: ["realtime:publish"])
        #expect(try self.publish("poll:asked", by: other, key: "k")?.get().receipt.receivers == 1)
    }

    @Test func `what could not be kept counts nothing`() throws {
        self.stage.engine.failNext()
        #expect(self.code(self.publish("quiz:asked", key: "k")) == .storageUnavailable)
        #expect(try self.publish("quiz:asked")?.get().quota?.remaining == 2)
        let counts = self.stage.platform.apps.counts.all
        #expect(counts.map { "\($0.outcome) \($0.count)" } == ["accepted 1", "refused 1"])
    }

    @Test func `the platform's own events are no app's, whatever its prefix`() {
        var thief = Self.app
        thief.prefixes = ["room.deleted"]
        #expect(self.code(self.publish("room.closed", by: thief)) == .appPrefix)
        self.stage.platform.adopt(
            .gallery { $0.events["quiz:asked"] = EventType("quiz:asked", to: []) }, dialects: [LineDialect()],
            gatheredOn: self.stage.loop
        ).whenFailure { Issue.record($0) }
        self.stage.loop.run()
        #expect(self.code(self.publish("quiz:asked")) == .appForbidden)
    }
}
