// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

/// Another token on a live connection.
struct RefreshTests {
    /// Knows users by tokens that the test declares.
    private final class Backend: Authenticator {
        let users = Mutexed<[String: Identity]>([:])
        let waiting = Mutexed(false)

        func authenticate(
            _ credential: Credential?, on eventLoop: any EventLoop,
            completion: @escaping (Result<Identity?, RequestError>) -> Void
        ) {
            let identity = self.users.value[credential?.text ?? ""]
            let result: Result<Identity?, RequestError> =
                identity.map { .success($0) } ?? .failure(RequestError(.invalidCredentials, "no", reason: "invalid"))
            guard self.waiting.value else { return completion(result) }
            let completion = NIOLoopBound(completion, eventLoop: eventLoop)
            eventLoop.execute { completion.value(result) }
        }
    }

    private final class Answers: Answerer {
        private(set) var texts: [String] = []
        private let session: Session
        var joinsAllOrNone: Bool { false }

        init(_ session: Session) { self.session = session }

        func refuse(_ error: RequestError) {
            self.texts.append(error.reason ?? error.code.rawValue)
            self.session.fail(error)
        }

        func tell(_ text: [UInt8]) {}

        func finish(_ answer: OperationAnswer) {
            self.texts.append(answer.texts.first.map { String(decoding: $0, as: UTF8.self) } ?? "done")
        }
    }

    private let stage: Stage
    private let backend = Backend()

    init() throws {
        let token = TextTemplate(parts: [.value(TemplatePath(.args(["token"])))])
        let reply = Template(.value(TemplatePath(.result(["expiresAt"]))))
        self.stage = try Stage(
            .market {
                $0.commands["refresh"] = Command(.refresh(token: token, reply: reply), location: .test)
                $0.auth.expiryNotice = .init(grace: 5000)
                $0.channels.append(ChannelRules("role:{role}", .role("none")))
                $0.channels[$0.channels.count - 1].isInternal = true
                $0.joins = [
                    .channels(
                        .eachWithin(
                            TextTemplate("role:"), TemplatePath(.userRoles), TextTemplate("")),
                        endsWithSubscribe: false, location: .test)
                ]
            })
        self.stage.platform.credentialServices.exchange(authenticator: self.backend, issuer: nil)
    }

    private func know(_ token: String, _ user: String = "ann", roles: [String] = [], seconds: Int64? = nil) {
        let expiresAt = seconds.map { self.stage.clock.now().milliseconds + $0 * 1000 }
        let identity = Identity(user: UserID(user), roles: roles, expiresAt: expiresAt)
        self.backend.users.change { $0[token] = identity }
    }

    private func refresh(_ client: Stage.Client, _ token: String) -> String? {
        let answers = Answers(client.session)
        let args = JSONDocument.of(#"{"token":"\#(token)"}"#).root
        client.session.run(ClientRequest("refresh", args: args, of: client.session.definition), answers)
        self.stage.loop.run()
        #expect(answers.texts.count <= 1)
        return answers.texts.first
    }

    private func connect(roles: [String] = [], seconds: Int64) -> Stage.Client {
        let client = self.stage.connect(
            "ann", roles: roles, expiresAt: self.stage.clock.now().milliseconds + seconds * 1000)
        client.session.joinContractChannels()
        return client
    }

    @Test(arguments: [false, true])
    func `the expiry of the new token holds from then on, whoever has to be asked`(isAsked: Bool) {
        self.backend.waiting.change { $0 = isAsked }
        let client = self.connect(seconds: 10)
        self.know("new", seconds: 60)
        self.stage.advance(seconds: 5)
        #expect(self.refresh(client, "new") == #""2025-11-05T12:01:00.000Z""#)
        self.stage.advance(seconds: 50)
        #expect(client.lines.isEmpty)
        self.stage.advance(seconds: 8)
        #expect(client.lines == ["expired"])
    }

    @Test func `a token that is brought in the time of grace calls the end off, until it expires itself`() {
        let client = self.connect(seconds: 10)
        self.stage.advance(seconds: 12)
        #expect(client.lines == ["expired"])
        self.know("new", seconds: 20)
        #expect(self.refresh(client, "new") != nil)
        self.stage.advance(seconds: 15)
        #expect(client.lines == ["expired"] && client.port.recording.closes.isEmpty)
        self.stage.advance(seconds: 7)
        #expect(client.lines == ["expired", "expired"])
        self.stage.advance(seconds: 7)
        #expect(client.port.recording.closes.count == 1)
    }

    @Test func `a token that expires sooner ends the connection sooner`() {
        let client = self.connect(seconds: 3600)
        self.know("new", seconds: 3)
        #expect(self.refresh(client, "new") != nil)
        self.stage.advance(seconds: 4)
        #expect(client.lines == ["expired"])
        self.stage.advance(seconds: 6)
        #expect(client.port.recording.closes.count == 1)
    }

    @Test func `an end that was announced for another reason comes all the same`() {
        let client = self.connect(seconds: 10)
        self.stage.advance(seconds: 11)
        client.session.end(.sessionEnded, after: 3000)
        self.know("new", seconds: 3600)
        _ = self.refresh(client, "new")
        self.stage.advance(seconds: 6)
        #expect(client.port.recording.closes.count == 1)
    }

    @Test func `the new roles hold at once, for what the client asked for and for what the server joined`() {
        let client = self.connect(roles: ["signer", "a"], seconds: 60)
        #expect(client.session.subscribe(to: "proposal:1").outcome == "proposal:1")
        #expect(Set(client.session.channelNames.map(\.rawValue)) == ["proposal:1", "role:signer", "role:a"])
        self.know("new", roles: ["b"], seconds: 60)
        #expect(self.refresh(client, "new") != nil)
        #expect(client.session.channelNames.map(\.rawValue) == ["role:b"])
        #expect(client.session.subscribe(to: "proposal:1").outcome == "forbidden: proposal:1")
    }

    @Test func `a token that does not hold, or is another user's, is refused, and the old one stays`() {
        let client = self.connect(seconds: 60)
        self.know("bens", "ben", seconds: 60)
        self.know("over", seconds: -1)
        self.know("revoked", seconds: 60)
        self.backend.users.change { $0["revoked"]?.tokenID = "t1" }
        self.stage.platform.revoke(.token("t1")) { _ in }
        #expect(self.refresh(client, "garbage") == "invalid")
        #expect(self.refresh(client, "bens") == "invalid")
        #expect(self.refresh(client, "over") == "expired")
        #expect(self.refresh(client, "revoked") == "revoked")
        #expect(client.port.recording.closes.isEmpty)
        self.stage.advance(seconds: 58)
        #expect(client.port.recording.closes.isEmpty && !client.lines.contains("expired"))
        self.stage.advance(seconds: 3)
        #expect(client.lines.last == "expired")
        // Nobody in particular has nothing to refresh.
        #expect(self.refresh(self.stage.connect(nil), "bens") == "missing")
    }
}
