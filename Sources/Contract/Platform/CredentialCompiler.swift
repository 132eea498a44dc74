// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads what `auth:` says of credentials: where they stand, and how sessions are looked up.
struct CredentialCompiler {
    let isProduction: Bool
    /// The contract has a Socket.IO listener.
    let hasSocketIO: Bool
    let faults: FaultCollector

    /// One of `tokens`.
    func source(_ node: DocumentNode) -> AuthRules.CredentialSource? {
        guard let map = MapReader(node, ContractKeys.token, what: "a token", self.faults) else { return nil }
        if map["jwt"] != nil, map["session"] != nil {
            self.faults.error(
                "one token is one of jwt and session", at: node.location,
                hint: "write a list: [ { jwt: … }, { session: … } ]; the first that is present counts")
        }
        if let value = map["session"] { return self.place(value, "\"session\"").map { .init(.session, $0) } }
        return map.required("jwt").flatMap { self.place($0, "\"jwt\"") }.map { .init(.jwt, $0) }
    }

    private func place(_ node: DocumentNode, _ what: String) -> AuthRules.TokenSource? {
        guard let text = node.nonEmptyText(what, self.faults) else { return nil }
        let kind = text.prefix { $0 != "." }
        let name = String(text.dropFirst(kind.count + 1))
        switch (kind, Self.isName(name)) {
        case ("query", true): return .query(name)
        case ("header", true): return .header(name)
        case ("cookie", true): return .cookie(name)
        case ("auth", true):
            guard self.hasSocketIO else {
                self.faults.error(
                    "\"\(text)\" is of Socket.IO clients, and no listener is for them", at: node.location,
                    hint:
                        "write query.NAME, header.NAME or cookie.NAME, or listen: [ { port: 4000, socketio: /socket.io } ]"
                )
                return nil
            }
            return .auth(name)
        default:
            self.faults.error(
                "\"\(text)\" is no place for a token", at: node.location,
                hint: self.hasSocketIO
                    ? "write auth.NAME, query.NAME, header.NAME or cookie.NAME"
                    : "write query.NAME, header.NAME or cookie.NAME")
        }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
    }

    // MARK: Sessions

    /// - Parameter isIgnored: nobody will look at them.
    func sessions(_ node: DocumentNode?, isIgnored: Bool) -> AuthRules.Sessions {
        var sessions = AuthRules.Sessions()
        guard let node, let map = MapReader(node, ContractKeys.sessions, what: "sessions", self.faults) else {
            return sessions
        }
        if let value = map["secret"], !value.isEmptyVariable,
            let secret = value.nonEmptyText("\"secret\"", self.faults)
        {
            if self.isProduction && value.origin != .variable && !isIgnored {
                self.faults.error(
                    "a secret must not be written in the contract in production mode", at: value.location,
                    hint: "write secret: ${NAME} and set the variable NAME in the server's environment")
            }
            sessions.secret = secret
        }
        if let value = map["ask"], !value.isEmptyVariable {
            sessions.ask = value.address("\"ask\"", example: "http://backend:4000/api/session", self.faults)
        }
        if let cache = map["cache"]?.duration("\"cache\"", allowsZero: true, self.faults) { sessions.cache = cache }
        if let deadline = map["deadline"]?.duration("\"deadline\"", self.faults) { sessions.deadline = deadline }
        return sessions
    }

    // MARK: Other ways

    /// `nil`, too, when it is not enabled.
    func firstMessage(_ node: DocumentNode, _ credentials: [AuthRules.CredentialSource]) -> AuthRules.FirstMessage? {
        guard let map = MapReader(node, ContractKeys.firstMessage, what: "auth.message", self.faults) else {
            return nil
        }
        let isEnabled = map["enabled"]?.bool("\"enabled\"", self.faults) ?? true
        let command = map.required("type", hint: "what the message has at the command key, such as type: AUTH")?
            .nonEmptyText("\"type\"", self.faults)
        let key = map.required("token", hint: "the message's key that holds the credential, such as token: token")?
            .nonEmptyText("\"token\"", self.faults)
        if isEnabled && credentials.isEmpty {
            self.faults.error(
                "nothing says what the credential of the first message is", at: node.location,
                hint: "write tokens: [ { jwt: query.token } ]; it is of the first kind there")
        }
        guard isEnabled, let command, let key else { return nil }
        return AuthRules.FirstMessage(command: command, key: key)
    }

    func resume(_ node: DocumentNode) -> AuthRules.Resume? {
        guard let map = MapReader(node, ContractKeys.resume, what: "auth.resume", self.faults) else { return nil }
        let age = map["for"]?.duration("\"for\"", self.faults) ?? 300_000
        guard
            let value = map.required(
                "query", hint: "the query parameter that carries the token, such as query: resume"),
            let name = value.nonEmptyText("\"query\"", self.faults)
        else { return nil }
        guard Self.isName(name) else {
            self.faults.error("\"\(name)\" is no name of a query parameter", at: value.location)
            return nil
        }
        return AuthRules.Resume(source: .query(name), age: age)
    }
}
