// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// Another token for the connection.
    func refresh() -> Operation? {
        if self.compiler.auth.credentials.isEmpty {
            self.faults.error(
                "nobody has a token that could be refreshed", at: self.map.keyLocation("does"),
                hint: "write auth: { tokens: [ { jwt: query.token } ] }")
        }
        let reply = self.reply([.result])
        return self.token("args.token").map { .refresh(token: $0, reply: reply) }
    }

    /// The next tokens of somebody who has a refresh token. Where another service answers, nothing has to be written about them.
    func refreshToken() -> Operation? {
        if let proxy = self.map["proxy"], !proxy.isEmptyVariable {
            let (token, reply) = (self.text("token"), self.reply([.result]))
            return .refreshToken(token: token ?? TextTemplate(""), reply: reply)
        }
        let auth = self.compiler.auth
        let hasSecret = auth.keys.contains { if case .secret = $0 { true } else { false } }
        // Where tokens have to be checked and there is no key for it, that is the fault.
        let isToldAlready = auth.keys.isEmpty && auth.credentials.contains { $0.kind == .jwt }
        if auth.mode != .none, !hasSecret, !isToldAlready {
            self.faults.error(
                "there is no secret to sign tokens with", at: self.map.keyLocation("does"),
                hint: "write auth: { keys: { secret: ${SECRET} } }")
        }
        let reply = self.requiredReply([.result])
        return self.token(self.place.isClient ? "args.refreshToken" : "body.refreshToken")
            .map { .refreshToken(token: $0, reply: reply) }
    }

    private func token(_ example: String) -> TextTemplate? {
        _ = self.map.required("token", hint: "where it stands: token: \"{\(example)}\"")
        return self.text("token")
    }
}
