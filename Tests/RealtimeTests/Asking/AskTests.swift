// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// Rights that the platform's backend decides about: asked once, held while they hold, and never guessed.
struct AskTests {
    /// What became of a request.
    private final class Recorder: Answerer {
        var results: [String] = []
        var joinsAllOrNone: Bool { true }
        func refuse(_ error: RequestError) { self.results.append("\(error.code)") }
        func tell(_ text: [UInt8]) {}
        func finish(_ answer: OperationAnswer) { self.results.append("joined") }
    }

    private static func definition(_ change: (inout AskRule) -> Void = { _ in }) -> PlatformDefinition {
        var rule = AskRule(url: "http://backend/may", secret: "whsec_secret")
        change(&rule)
        return .market { [rule] definition in
            definition.channels.append(ChannelRules("club:{club}", .role("owner"), .ask(rule)))
            definition.channels.append(ChannelRules("den:{den}", .member, .ask(rule)))
            let channel = TextTemplate(parts: [.value(TemplatePath(.args(["channel"])))])
            definition.commands["join"] = Command(
                .subscribe(channels: [.text(channel)], since: nil, each: nil, reply: nil), location: .test)
            definition.commands["who"] = Command(
                .channelPresence(channels: [.text(channel)], reply: nil), location: .test)
        }
    }

    private let stage: Stage
    private let backend = BackendDouble { _ in AskTests.answer(true) }

    init() throws {
        self.stage = try Stage(Self.definition())
        self.stage.platform.backend.exchange(self.backend)
        self.stage.platform.start()
    }

    private static func answer(_ isAllowed: Bool, for validity: String? = nil) -> BackendDouble.Answer {
        let text = #"{"allow":\#(isAllowed)\#(validity.map { #","for":"\#($0)""# } ?? "")}"#
        return .success(BackendAnswer(status: 200, body: Array(text.utf8)))
    }

    private static func name(_ text: String) -> ChannelName {
        guard let name = ChannelName(text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    private static let down = BackendDouble.Answer.failure(BackendFailure("connection refused"))

    /// Subscribes as a client's command does, without running the loop.
    @discardableResult
    private func ask(_ client: Stage.Client, _ channel: String) -> Recorder {
        let recorder = Recorder()
        let args = JSONDocument.of(#"{"channel":"\#(channel)"}"#)
        client.session.run(ClientRequest("join", args: args.root, of: client.session.definition), recorder)
        return recorder
    }

    private func join(_ client: Stage.Client, _ channel: String) -> [String] {
        let recorder = self.ask(client, channel)
        self.stage.loop.run()
        return recorder.results
    }

    private func adopt(_ definition: PlatformDefinition) {
        _ = self.stage.platform.adopt(
            definition, dialects: self.stage.platform.dialects, gatheredOn: self.stage.loop)
        self.stage.loop.run()
    }

    private func isSubscribed(_ client: Stage.Client, _ channel: String) -> Bool {
        client.session.channelNames.map(\.rawValue).contains(channel)
    }

    // MARK: Asking

    @Test func `only what nobody else can decide is asked, and an answer is remembered for its user and channel`() {
        let (ann, owner) = (self.stage.connect("ann"), self.stage.connect("owner", roles: ["owner"]))
        #expect(self.join(owner, "club:tea") == ["joined"] && self.join(ann, "global") == ["joined"])
        #expect(self.backend.messages.isEmpty)
        for _ in 0..<3 { #expect(self.join(ann, "club:tea") == ["joined"]) }
        #expect(self.join(self.stage.connect("ann"), "club:tea") == ["joined"])
        #expect(
            self.backend.bodies == [
                #"{"type":"subscribe","platform":"market","channel":"club:tea","parameters":{"club":"tea"},"#
                    + #""user":{"id":"ann","roles":[]}}"#
            ])
        #expect(self.join(ann, "club:jam") == ["joined"])
        #expect(self.join(self.stage.connect("ben"), "club:tea") == ["joined"])
        #expect(self.backend.messages.count == 3)
    }

    @Test func `a connection without a user is asked about as such`() {
        #expect(self.join(self.stage.connect(nil), "club:tea") == ["joined"])
        #expect(self.backend.bodies.first?.hasSuffix(#""user":null}"#) == true)
    }

    @Test func `one question for all who ask the same, and nothing is received from them until the answer`() {
        self.backend.setRule { _ in nil }
        let clients = (0..<5).map { _ in self.stage.connect("ann") }
        let recorders = clients.map { self.ask($0, "club:tea") }
        self.stage.loop.run()
        #expect(self.backend.messages.count == 1)
        #expect(recorders.allSatisfy { $0.results.isEmpty })
        #expect(clients.allSatisfy { $0.session.isPaused })
        self.backend.answerNext(Self.answer(true))
        self.stage.loop.run()
        #expect(recorders.map(\.results) == Array(repeating: ["joined"], count: 5))
        #expect(clients.allSatisfy { !$0.session.isPaused })
    }

    @Test func `a client that leaves while its question is under way joins nothing`() {
        self.backend.setRule { _ in nil }
        let ann = self.stage.connect("ann")
        let recorder = self.ask(ann, "club:tea")
        self.stage.loop.run()
        ann.session.close()
        self.backend.answerNext(Self.answer(true))
        self.stage.loop.run()
        #expect(recorder.results.isEmpty && self.stage.platform.subscribedChannelCount == 0)
    }

    @Test(arguments: [
        (200, #"{"allow":false}"#, "forbidden"), (401, "", "forbidden"), (403, "<html>", "forbidden"),
        (404, "", "forbidden"),
        (200, #"{"allow":"yes"}"#, "unavailable"), (200, "<html>", "unavailable"), (200, "", "unavailable"),
        (200, #"{"allow":true,"for":7}"#, "unavailable"), (200, #"{"allow":true,"for":"soon"}"#, "unavailable"),
        (204, "", "unavailable"), (302, #"{"allow":true}"#, "unavailable"), (500, #"{"allow":true}"#, "unavailable"),
        (200, #"{"allow":true,"for":null}"#, "joined"),
        (200, #"{"allow":true,"for":"99999999999999999999d"}"#, "unavailable"),
        (200, #"{"allow":true,"for":"9999999999d"}"#, "joined"),
    ])
    func `only the documented answers decide`(status: Int, body: String, result: String) {
        self.backend.setRule { _ in .success(BackendAnswer(status: status, body: Array(body.utf8))) }
        let ann = self.stage.connect("ann")
        #expect(self.join(ann, "club:tea") == [result])
        #expect(ann.session.isOpen)
    }

    @Test func `while the backend is down nobody gets in, unless the contract lets everybody in`() {
        self.backend.setRule { _ in Self.down }
        #expect(self.join(self.stage.connect("ann"), "club:tea") == ["unavailable"])
        #expect(self.stage.reports.count { $0.contains("cannot be asked") } == 1)
        self.adopt(Self.definition { $0.allowsWhenDown = true })
        #expect(self.join(self.stage.connect("ben"), "club:tea") == ["joined"])
        #expect(self.stage.reports.count { $0.contains("cannot be asked") } == 1)
    }

    @Test func `a no is remembered for a moment, or as long as the backend says`() {
        let ann = self.stage.connect("ann")
        self.backend.setRule { _ in Self.answer(false) }
        #expect(self.join(ann, "club:tea") == ["forbidden"])
        self.backend.setRule { _ in Self.answer(true) }
        self.stage.clock.advance(milliseconds: 4000)
        #expect(self.join(ann, "club:tea") == ["forbidden"])
        self.stage.clock.advance(milliseconds: 1001)
        #expect(self.join(ann, "club:tea") == ["joined"])
        self.backend.setRule { _ in Self.answer(false, for: "1m") }
        #expect(self.join(ann, "club:jam") == ["forbidden"])
        self.stage.clock.advance(milliseconds: 59_000)
        self.backend.setRule { _ in Self.answer(true) }
        #expect(self.join(ann, "club:jam") == ["forbidden"])
    }

    @Test func `a right that somebody gets otherwise is not asked for, and one that he loses is`() {
        self.stage.change(.addMembers(channel: Self.name("den:fox"), users: [UserID("ann")]))
        let ann = self.stage.connect("ann")
        #expect(self.join(ann, "den:fox") == ["joined"])
        #expect(self.backend.messages.isEmpty)
        self.stage.change(.removeMembers(channel: Self.name("den:fox"), users: [UserID("ann")]))
        #expect(self.backend.messages.count == 1 && self.isSubscribed(ann, "den:fox"))
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.change(.addMembers(channel: Self.name("den:owl"), users: [UserID("ann")]))
        #expect(self.join(ann, "den:owl") == ["joined"])
        self.stage.change(.removeMembers(channel: Self.name("den:owl"), users: [UserID("ann")]))
        #expect(!self.isSubscribed(ann, "den:owl"))
    }

    // MARK: What rests on answers

    @Test func `what a subscription rests on is asked for before it ends, and a no ends it on every connection`() {
        let clients = [self.stage.connect("ann"), self.stage.connect("ann")]
        for client in clients { #expect(self.join(client, "club:tea") == ["joined"]) }
        self.stage.advance(seconds: 29)
        #expect(self.backend.messages.count == 2)
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 30)
        #expect(clients.allSatisfy { !self.isSubscribed($0, "club:tea") && $0.session.isOpen })
        #expect(self.backend.messages.count == 3)
        // Nothing rests on anything any more.
        self.stage.advance(seconds: 120)
        #expect(self.backend.messages.count == 3)
    }

    @Test func `a no ends the subscriptions of connections without a user, too`() {
        let nobody = self.stage.connect(nil)
        #expect(self.join(nobody, "club:tea") == ["joined"])
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 31)
        #expect(!self.isSubscribed(nobody, "club:tea"))
    }

    @Test func `what somebody rests on late is asked for again as well`() {
        let first = self.stage.connect("ann")
        #expect(self.join(first, "club:tea") == ["joined"])
        first.session.close()
        self.stage.advance(seconds: 29)
        let second = self.stage.connect("ann")
        #expect(self.join(second, "club:tea") == ["joined"])
        #expect(self.backend.messages.count == 1)
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 3)
        #expect(!self.isSubscribed(second, "club:tea"))
    }

    @Test func `nobody is asked on behalf of a client that asks too often`() throws {
        var definition = Self.definition()
        definition.limits.subscriptionRate = .init(count: 2, window: 60_000)
        self.adopt(definition)
        let ann = self.stage.connect("ann")
        let results = (0..<5).flatMap { self.join(ann, "club:\($0)") }
        #expect(results == ["joined", "joined", "rateLimited", "rateLimited", "rateLimited"])
        #expect(self.backend.messages.count == 2)
    }

    @Test func `nobody is asked about again who has left`() {
        let ann = self.stage.connect("ann")
        #expect(self.join(ann, "club:tea") == ["joined"])
        ann.session.close()
        self.stage.advance(seconds: 90)
        #expect(self.backend.messages.count == 1)
        #expect(
            self.stage.platform.asked.verdict(
                .init(user: UserID("ann"), channel: Self.name("club:tea")), at: self.stage.clock.now()) == nil)
    }

    @Test func `a subscription stays while the backend is down, and is asked about every few seconds`() {
        let ann = self.stage.connect("ann")
        #expect(self.join(ann, "club:tea") == ["joined"])
        self.backend.setRule { _ in Self.down }
        self.stage.advance(seconds: 300)
        #expect(self.isSubscribed(ann, "club:tea"))
        #expect((40...75).contains(self.backend.messages.count))
        #expect(self.stage.reports.count { $0.contains("cannot be asked") } == 1)
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 6)
        #expect(!self.isSubscribed(ann, "club:tea"))
        #expect(self.stage.reports.count { $0.contains("can be asked again") } == 1)
    }

    @Test func `a reload that has the backend asked asks about those who are there`() {
        let (ann, ben) = (self.stage.connect("ann", to: ["global"]), self.stage.connect("ben", to: ["global"]))
        self.backend.setRule { Self.answer($0.text.contains(#""ann""#)) }
        var definition = Self.definition()
        let index = definition.channels.firstIndex { $0.pattern.description == "global" } ?? 0
        definition.channels[index].subscribe = definition.channels.last?.subscribe ?? []
        self.adopt(definition)
        self.stage.loop.run()
        #expect(self.isSubscribed(ann, "global") && !self.isSubscribed(ben, "global"))
        // And the answer is renewed from now on.
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 31)
        #expect(!self.isSubscribed(ann, "global"))
    }

    @Test func `a reload takes nothing from those about whom the backend cannot be asked, until it says no`() {
        let ann = self.stage.connect("ann", to: ["global"])
        self.backend.setRule { _ in Self.down }
        var definition = Self.definition()
        let index = definition.channels.firstIndex { $0.pattern.description == "global" } ?? 0
        definition.channels[index].subscribe = definition.channels.last?.subscribe ?? []
        self.adopt(definition)
        self.stage.advance(seconds: 10)
        #expect(self.isSubscribed(ann, "global"))
        // One question for each look, and not more of them each time.
        #expect((4...11).contains(self.backend.messages.count))
        self.backend.setRule { _ in Self.answer(false) }
        self.stage.advance(seconds: 4)
        #expect(!self.isSubscribed(ann, "global") && ann.session.isOpen)
    }

    // MARK: Roles

    @Test func `an answer about one token does not hold for another of the user with other roles`() {
        self.backend.setRule { Self.answer($0.text.contains(#""staff""#)) }
        #expect(self.join(self.stage.connect("ann", roles: ["staff", "a"]), "club:tea") == ["joined"])
        #expect(self.join(self.stage.connect("ann"), "club:tea") == ["forbidden"])
        #expect(self.join(self.stage.connect("ann", roles: ["a", "staff"]), "club:tea") == ["joined"])
        #expect(self.backend.messages.count == 2)
    }

    @Test func `with another token the backend is asked about the roles that it gives`() {
        self.backend.setRule { Self.answer($0.text.contains(#""staff""#)) }
        let (ann, other) = (self.stage.connect("ann", roles: ["staff"]), self.stage.connect("ann", roles: ["staff"]))
        for client in [ann, other] { #expect(self.join(client, "club:tea") == ["joined"]) }
        ann.session.replaceIdentity(Identity(user: UserID("ann"), roles: ["staff", "cook"]))
        self.stage.loop.run()
        #expect(self.isSubscribed(ann, "club:tea") && self.backend.bodies.last?.contains(#""cook""#) == true)
        ann.session.replaceIdentity(Identity(user: UserID("ann")))
        self.stage.loop.run()
        #expect(!self.isSubscribed(ann, "club:tea") && self.isSubscribed(other, "club:tea"))
        // Nothing rests on what was said of the roles in between.
        let count = self.backend.messages.count
        self.stage.advance(seconds: 61)
        #expect(self.backend.bodies.dropFirst(count).allSatisfy { $0.hasSuffix(#""roles":["staff"]}}"#) })
        #expect(self.backend.messages.count > count && self.isSubscribed(other, "club:tea"))
    }

    // MARK: Bounds

    @Test func `one user's clients have only so many questions under way, and leave room for others`() throws {
        let rights = AskedRights()
        let rule = AskRule(url: "http://backend/", secret: "s")
        func ask(_ user: String?, _ number: Int) -> Bool? {
            rights.ask(
                .init(user: user.map { UserID($0) }, channel: Self.name("club:\(number)")), nil, rule,
                at: ManualClock.start
            ) {}
        }
        for number in 0..<AskedRights.maximumOfUser { #expect(ask("ann", number) == true) }
        for number in 0..<AskedRights.maximumOfNobody { #expect(ask(nil, number) == true) }
        #expect(ask("ann", -1) == nil && ask(nil, -1) == nil)
        #expect(ask("ann", 0) == false && ask("ben", -1) == true)
        let request = try #require(rights.takeRequest(at: ManualClock.start))
        _ = rights.settle(request, .decided(isAllowed: true, validity: nil), at: ManualClock.start)
        #expect(ask("ann", -1) == true && ask("ann", -2) == nil)
    }

    @Test func `nothing is received while an operation asks`() {
        self.backend.setRule { _ in nil }
        let ann = self.stage.connect("ann")
        let recorder = Recorder()
        let args = JSONDocument.of(#"{"channel":"club:tea"}"#)
        ann.session.run(ClientRequest("who", args: args.root, of: ann.session.definition), recorder)
        self.stage.loop.run()
        #expect(ann.session.isPaused && recorder.results.isEmpty)
        self.backend.answerNext(Self.answer(false))
        self.stage.loop.run()
        #expect(!ann.session.isPaused && recorder.results == ["forbidden"])
    }

    @Test func `no more questions are under way than allowed, and those in line are given up in time`() {
        self.backend.setRule { _ in nil }
        let recorders = (0..<AskedRights.maximumRunning + 10).map {
            self.ask(self.stage.connect("user\($0)"), "club:tea")
        }
        self.stage.loop.run()
        #expect(self.backend.messages.count == AskedRights.maximumRunning)
        self.stage.advance(seconds: 3)
        #expect(self.backend.messages.count == AskedRights.maximumRunning)
        #expect(recorders.suffix(10).allSatisfy { $0.results == ["unavailable"] })
        self.backend.answerNext(Self.answer(true))
        self.stage.loop.run()
        #expect(recorders.first?.results == ["joined"])
    }

    @Test func `more questions than may wait are answered at once`() {
        let rights = AskedRights()
        let rule = AskRule(url: "http://backend/", secret: "s")
        func ask(_ number: Int) -> Bool? {
            rights.ask(
                .init(user: UserID("\(number)"), channel: Self.name("club:tea")), nil, rule, at: ManualClock.start
            ) {}
        }
        for number in 0..<AskedRights.maximumWaiting { #expect(ask(number) == true) }
        #expect(ask(0) == false && ask(-1) == nil)
        #expect(
            rights.verdict(.init(user: UserID("-1"), channel: Self.name("club:tea")), at: ManualClock.start)
                == .unavailable)
    }

    @Test func `answers that nothing rests on are forgotten when there are too many`() {
        let rights = AskedRights(now: ManualClock.start)
        let rule = AskRule(url: "http://backend/", secret: "s")
        let held = AskedRights.Question(user: UserID("held"), channel: Self.name("club:tea"))
        rights.hold(held)
        for number in 0...AskedRights.maximumKept + 10 {
            let question = number == 0 ? held : .init(user: UserID("\(number)"), channel: Self.name("club:tea"))
            _ = rights.ask(question, nil, rule, at: ManualClock.start) {}
            guard let request = rights.takeRequest(at: ManualClock.start) else { continue }
            _ = rights.settle(request, .decided(isAllowed: true, validity: nil), at: ManualClock.start)
            rights.ended()
        }
        #expect(rights.keptCount < AskedRights.maximumKept)
        #expect(rights.verdict(held, at: ManualClock.start) == .allowed)
    }
}
