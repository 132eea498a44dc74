// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

/// Channels of which one name stands for all.
@Suite struct WildcardTests {
    static let all = ChannelName(known: "service:*")

    static func definition(joinsAll: Bool = false, _ change: (inout PlatformDefinition) -> Void = { _ in })
        -> PlatformDefinition
    {
        .market { definition in
            var services = ChannelRules("service:{service}", .everyone, history: .init(count: 10, age: 60_000))
            services.history?.isDurable = false
            services.isRecoverable = true
            services.wildcard = Self.all
            definition.channels.append(services)
            definition.events["health"] = EventType("health", to: ["service:{service}"])
            definition.events["both"] = EventType("both", to: ["service:{a}", "topic:{topic}", "service:{b}"])
            if joinsAll {
                definition.joins = [
                    .channels(.text(TextTemplate("service:*")), endsWithSubscribe: true, location: .test)
                ]
            }
            change(&definition)
        }
    }

    private let stage: Stage

    init() throws { self.stage = try Stage(Self.definition()) }

    private func health(_ service: String, on stage: Stage? = nil) {
        (stage ?? self.stage).say("health", #"{"service":"\#(service)"}"#)
    }

    private func services(_ client: Stage.Client) -> [String] {
        client.data.compactMap { JSONDocument.of($0).root["service"]?.string }
    }

    @Test func `ORI-024 ORI-025 a channel carries its own, the name for all carries every one, each once`() {
        let one = self.stage.connect("ann", to: ["service:auth"])
        let all = self.stage.connect("bob", to: ["service:*"])
        let both = self.stage.connect("cas", to: ["service:*", "service:auth"])
        self.health("auth")
        self.health("appeared-later")
        #expect(self.services(one) == ["auth"])
        #expect(self.services(all) == ["auth", "appeared-later"])
        #expect(self.services(both) == ["auth", "appeared-later"])
    }

    @Test func `ORI-D11 leaving one of all makes an exception, leaving all of them clears everything`() {
        let client = self.stage.connect("ann", to: ["service:*"])
        #expect(client.session.unsubscribe(from: "service:auth").outcome == "service:auth")
        self.health("auth")
        self.health("user")
        #expect(self.services(client) == ["user"])
        #expect(client.session.channelSelection?.exceptions.map(\.rawValue) == ["service:auth"])

        _ = client.session.subscribe(to: "service:auth")
        self.health("auth")
        #expect(self.services(client) == ["user", "auth"])
        #expect(client.session.channelSelection?.exceptions.isEmpty == true)

        _ = client.session.unsubscribe(from: "service:auth")
        _ = client.session.unsubscribe(from: "service:*")
        #expect(client.session.channelNames.isEmpty)
        #expect(client.session.channelSelection?.exceptions.isEmpty == true)
        _ = client.session.subscribe(to: "service:*")
        self.health("auth")
        #expect(self.services(client) == ["user", "auth", "auth"])
    }

    @Test func `ORI-D11 an exception is one client's, and of one of two channels only where both were left`() {
        let (ann, bob) = (self.stage.connect("ann", to: ["service:*"]), self.stage.connect("bob", to: ["service:*"]))
        let listener = self.stage.connect("cas", to: ["service:*", "topic:t"])
        for client in [ann, listener] { _ = client.session.unsubscribe(from: "service:a") }
        self.health("a")
        #expect(ann.data.isEmpty && bob.data.count == 1 && listener.data.isEmpty)
        self.stage.say("both", #"{"a":"a","b":"b","topic":"t"}"#)
        #expect(ann.data.count == 1, "b was not left")
        _ = ann.session.unsubscribe(from: "service:b")
        self.stage.say("both", #"{"a":"a","b":"b","topic":"t"}"#)
        #expect(ann.data.count == 1)
        #expect(bob.data.count == 3 && listener.data.count == 2, "it came by another channel")
    }

    @Test func `a client that goes takes its exceptions along`() {
        let client = self.stage.connect("ann", to: ["service:*"])
        let other = self.stage.connect("bob", to: ["service:*"])
        _ = client.session.unsubscribe(from: "service:auth")
        client.session.close()
        self.health("auth")
        #expect(other.data.count == 1 && client.data.isEmpty)
        #expect(client.session.channelSelection?.exceptions.isEmpty == true)
        #expect(self.stage.hub.channel(Self.all)?.hasExceptions == false)
    }

    @Test func `exceptions count among a connection's subscriptions`() throws {
        let stage = try Stage(Self.definition { $0.limits.subscriptionsPerConnection = 2 })
        let client = stage.connect("ann", to: ["service:*"])
        #expect(client.session.unsubscribe(from: "service:a").outcome == "service:a")
        #expect(client.session.unsubscribe(from: "service:b").outcome == "tooManySubscriptions: service:b")
        #expect(client.session.subscribe(to: "topic:x").outcome == "tooManySubscriptions: topic:x")
        self.health("a", on: stage)
        self.health("b", on: stage)
        #expect(self.services(client) == ["b"])
    }

    @Test func `ORI-D12 who never subscribes hears all, and from his first subscription on what he holds`() throws {
        let stage = try Stage(Self.definition(joinsAll: true))
        let (ann, bob) = (stage.connect("ann"), stage.connect("bob"))
        for client in [ann, bob] { client.session.joinContractChannels() }
        self.health("auth", on: stage)
        #expect(self.services(ann) == ["auth"])

        #expect(ann.session.subscribe(to: "service:user").outcome == "service:user")
        #expect(ann.session.channelNames.map(\.rawValue) == ["service:user"])
        self.health("auth", on: stage)
        self.health("user", on: stage)
        #expect(self.services(ann) == ["auth", "user"])
        #expect(self.services(bob) == ["auth", "auth", "user"])

        _ = ann.session.unsubscribe(from: "service:user")
        self.health("user", on: stage)
        #expect(self.services(ann) == ["auth", "user"])
        ann.session.joinContractChannels()
        #expect(ann.session.channelNames.isEmpty, "a reload does not choose for him again")
    }

    @Test
    func `ORI-D12 subscribing to all by himself keeps what the contract joined, and another pattern changes nothing`()
        throws
    {
        let stage = try Stage(Self.definition(joinsAll: true))
        let client = stage.connect("ann")
        client.session.joinContractChannels()
        _ = client.session.subscribe(to: "topic:x")
        #expect(client.session.channelNames.map(\.rawValue) == ["service:*", "topic:x"])
        _ = client.session.subscribe(to: "service:*")
        _ = client.session.subscribe(to: "service:auth")
        #expect(client.session.channelNames.map(\.rawValue) == ["service:*", "topic:x", "service:auth"])
    }

    @Test func `ORI-052 what a client had chosen is restored with its subscriptions`() throws {
        let stage = try Stage(Self.definition(joinsAll: true))
        let first = stage.connect("ann")
        first.session.joinContractChannels()
        _ = first.session.unsubscribe(from: "service:auth")
        let selection = try #require(first.session.channelSelection)
        first.session.close()

        let second = stage.connect("ann")
        second.session.joinContractChannels()
        second.session.restore(selection)
        self.health("auth", on: stage)
        self.health("user", on: stage)
        #expect(self.services(second) == ["user"])
        _ = second.session.subscribe(to: "service:db")
        #expect(second.session.channelNames.map(\.rawValue) == ["service:db"])
    }

    @Test func `what came by any of the channels is recovered by the name for all`() throws {
        let client = self.stage.connect("ann", to: ["service:*"])
        let first = self.stage.say("health", #"{"service":"a"}"#).receipt
        client.session.close()
        self.health("b")
        let again = self.stage.connect("ann")
        var recovered: [String] = []
        again.session.subscribe(to: "service:*", since: try #require(first).id) { result in
            recovered = (try? result.get().1)??.publications.map { String(decoding: $0.data, as: UTF8.self) } ?? []
        }
        #expect(recovered == [#"{"service":"b"}"#])
    }
}
