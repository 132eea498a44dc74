// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Realtime
import Testing

struct ConfirmationTests {
    /// Answers as it is told; with nothing to say it keeps silent.
    private final class Backend: Authenticator {
        let answers = Mutexed<[Result<Identity?, RequestError>]>([])
        let askedCount = Mutexed(0)

        init(_ answers: [Result<Identity?, RequestError>]) { self.answers.change { $0 = answers } }

        func authenticate(
            _ credential: Credential?,
            on eventLoop: any EventLoop,
            completion: @escaping (Result<Identity?, RequestError>) -> Void
        ) {
            self.askedCount.change { $0 += 1 }
            guard let answer = self.answers.value.first else { return }
            self.answers.change { $0.removeFirst() }
            completion(answer)
        }
    }

    private static let unavailable = Result<Identity?, RequestError>.failure(RequestError(.unavailable, "no answer"))

    private func identity(_ stage: Stage, _ user: String = "alice", roles: [String] = [], seconds: Int64) -> Identity {
        var identity = Identity(user: UserID(user), roles: roles)
        identity.confirmedUntil = stage.clock.now().milliseconds + seconds * 1000
        return identity
    }

    /// A connection that has to be confirmed after ten seconds.
    private func connect(_ stage: Stage, _ backend: Backend?, roles: [String] = []) -> RecordingPort {
        let port = RecordingPort(number: 1, eventLoop: stage.loop)
        let identity = self.identity(stage, roles: roles, seconds: 10)
        let session = Session(port: port, identity: identity, dialectIndex: 0, hub: stage.hub)
        session.confirmation = backend.map { Confirmation(Credential(.session, "s"), authenticator: $0) }
        return port
    }

    @Test func `a user who is confirmed stays, and is asked about again when that is over`() throws {
        let stage = try Stage()
        let backend = Backend([])
        let port = self.connect(stage, backend)
        stage.advance(seconds: 9)
        #expect(backend.askedCount.value == 0)
        backend.answers.change { $0 = [.success(self.identity(stage, seconds: 20))] }
        stage.advance(seconds: 5)
        #expect(backend.askedCount.value == 1 && port.recording.closes.isEmpty)
        stage.advance(seconds: 20)
        #expect(backend.askedCount.value == 2 && port.recording.closes.isEmpty)
    }

    @Test func `a user whose session has ended is told so, and the connection ends (BULK-D02)`() throws {
        let refusals: [Result<Identity?, RequestError>] = [
            .failure(RequestError(.invalidCredentials, "gone")), .success(nil), .success(Identity(user: UserID("bob"))),
        ]
        for refusal in refusals {
            let stage = try Stage()
            let backend = Backend([refusal, refusal])
            let port = self.connect(stage, backend)
            stage.advance(seconds: 12)
            #expect(port.recording.lines == ["error sessionEnded the session has ended"])
            #expect(port.recording.closes.count == 1 && backend.askedCount.value == 1)
        }
    }

    @Test func `a user who cannot be asked about ends when he had to be`() throws {
        let stage = try Stage()
        let port = self.connect(stage, nil)
        stage.advance(seconds: 9)
        #expect(port.recording.closes.isEmpty)
        stage.advance(seconds: 3)
        #expect(port.recording.lines == ["error sessionEnded the session has ended"])
    }

    @Test func `while nobody answers the connection stays for some tries`() throws {
        let stage = try Stage()
        let backend = Backend(Array(repeating: Self.unavailable, count: 20))
        let port = self.connect(stage, backend)
        stage.advance(seconds: 38)
        #expect(port.recording.closes.isEmpty && backend.askedCount.value == 6)
        stage.advance(seconds: 10)
        #expect(port.recording.lines == ["error unavailable no answer"])
        #expect(port.recording.closes.map(\.code) == [.tryAgainLater] && backend.askedCount.value == 7)
    }

    @Test func `an answer in between starts the tries anew`() throws {
        let stage = try Stage()
        let good = Result<Identity?, RequestError>.success(self.identity(stage, seconds: 40))
        let backend = Backend(Array(repeating: Self.unavailable, count: 6) + [good])
        let port = self.connect(stage, backend)
        stage.advance(seconds: 45)
        backend.answers.change { $0 = Array(repeating: Self.unavailable, count: 6) }
        stage.advance(seconds: 25)
        #expect(port.recording.closes.isEmpty)
    }

    @Test func `one answer is waited for at a time`() throws {
        let stage = try Stage()
        let backend = Backend([])
        let port = self.connect(stage, backend)
        stage.advance(seconds: 60)
        #expect(backend.askedCount.value == 1 && port.recording.closes.isEmpty)
    }
}
