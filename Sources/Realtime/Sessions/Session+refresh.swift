// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore

/// Another credential of the same user, brought on the connection.
extension Session {
    /// Lets the connection rest on another token from now on, with its expiry, its roles and its claims. One that does not hold, or is
    /// somebody else's, is refused, and the old one stays.
    ///
    /// Nothing else is received until that is decided.
    func refresh(
        _ token: TextTemplate, _ reply: Template?, for request: ClientRequest, _ answerer: some Answerer
    ) {
        guard let authenticator = self.platform.credentialServices.authenticator, self.identity != nil else {
            return answerer.refuse(.nobodyToRefresh)
        }
        let scope = self.scope(of: request)
        let kind = self.definition.auth.credentials.first?.kind ?? .jwt
        let credential = Credential(kind, token.text(in: scope) ?? "")
        var isDecided = false
        var isPausing = false
        authenticator.authenticate(credential, on: self.port.eventLoop) { result in
            isDecided = true
            if isPausing { self.resumeReceiving() }
            guard self.isOpen else { return }
            switch result.flatMap(self.successor) {
            case .failure(let error): answerer.refuse(error.sparingConnection)
            case .success(let identity):
                self.confirmation =
                    identity.confirmedUntil.map { _ in Confirmation(credential, authenticator: authenticator) }
                self.restOn(identity)
                guard self.isOpen else { return }
                answerer.finish(Platform.answer(reply, in: scope, result: Self.result(of: identity)))
            }
        }
        guard !isDecided else { return }
        isPausing = true
        self.pauseReceiving()
    }

    /// Who the user is from now on; fails where the credential does not do.
    private func successor(_ identity: Identity?) -> Result<Identity, RequestError> {
        guard let identity, identity.user == self.identity?.user else { return .failure(.anotherUser) }
        if let expiresAt = identity.expiresAt, expiresAt <= self.platform.clock.now().milliseconds {
            return .failure(.credentialOver)
        }
        if let objection = self.hub.objection(to: identity) { return .failure(objection) }
        return .success(identity)
    }

    private func restOn(_ identity: Identity) {
        self.callOffExpiry()
        self.replaceIdentity(identity)
        for channel in self.channelsOfServer where !self.isContractJoin(channel.name, of: self.definition) {
            self.endSubscription(to: channel, pattern: nil, isTold: false)
        }
        self.joinContractChannels()
        self.hub.lookInTime(at: self)
    }

    private static func result(of identity: Identity) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let expiresAt = identity.expiresAt {
            writer.key("expiresAt")
            writer.string(Timestamp(milliseconds: expiresAt).description)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension LoopHub {
    /// Looks at a session when its credential expires, if that is before its turn: it had a later one until now.
    func lookInTime(at session: Session) {
        let times = [session.identity?.expiresAt, session.identity?.confirmedUntil].compactMap(\.self)
        guard let first = times.min() else { return }
        let now = self.platform.clock.now().milliseconds
        // Later ones are seen at the next ping.
        guard first < now + self.rules.definition.heartbeat.every else { return }
        let number = session.port.number
        self.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, first - now))) { [weak self] in
            guard let self, let session = self.session(number) else { return }
            let now = self.platform.clock.now().milliseconds
            guard session.hasExpired(at: now) else { return session.confirm(at: now) }
            session.expire()
            session.isEnding = true
        }
    }
}

extension RequestError {
    fileprivate static let nobodyToRefresh = RequestError(
        .unauthenticated, "nobody is signed in", reason: "missing"
    ).sparingConnection
    fileprivate static let anotherUser = RequestError(
        .invalidCredentials, "the token is another user's", reason: "invalid")
    fileprivate static let credentialOver = RequestError(
        .invalidCredentials, "the token has expired", reason: "expired")
}
