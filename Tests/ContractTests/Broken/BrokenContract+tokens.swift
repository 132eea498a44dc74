// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with tokens that are made or refreshed.
    static let tokens: [BrokenContract] = [
        BrokenContract(
            "tokens that nobody can refresh",
            #"""
            commands:
              a: { does: refresh }
              b: { does: refresh, token: "{args.token}", channels: [ x ] }
            http:
              "POST /a": { does: refreshToken, as: anyone }
              "POST /b": { does: refresh, as: user, token: "{body.token}" }
              "GET /c": { does: refreshToken, as: anyone, proxy: "ftp://x" }
              "POST /d": { does: reply, as: anyone, proxy: "http://x", reply: 1 }
            """#,
            #"""
            c.yaml:9:6: error: "token" is missing
              hint: where it stands: token: "{args.token}"
            c.yaml:9:8: error: nobody has a token that could be refreshed
              hint: write auth: { tokens: [ { jwt: query.token } ] }
            c.yaml:10:8: error: nobody has a token that could be refreshed
              hint: write auth: { tokens: [ { jwt: query.token } ] }
            c.yaml:10:46: error: "channels" has no meaning for the operation "refresh"
            c.yaml:12:14: error: "reply" is missing
            c.yaml:12:14: error: "token" is missing
              hint: where it stands: token: "{body.refreshToken}"
            c.yaml:12:16: error: there is no secret to sign tokens with
              hint: write auth: { keys: { secret: ${SECRET} } }
            c.yaml:13:22: error: the operation "refresh" is for connections
              hint: known here: publish, presence, record, history, inbox, markRead, refreshToken, health, stats, reply, appEvents
            c.yaml:13:35: error: no request can be a user's: "auth" has no "tokens"
              hint: write auth: { tokens: [ { jwt: header.authorization } ] }
            c.yaml:14:47: error: only a POST request can be passed on
              hint: write "POST /c"
            c.yaml:14:54: error: "proxy" must be an http or https address without user and fragment, is "ftp://x"
              hint: such as http://backend:4000/api/auth/refresh
            c.yaml:15:41: error: "proxy" has no meaning for the operation "reply"
            """#),
        BrokenContract(
            "tokens that hold for no time", isWhole: true,
            #"""
            contract: x
            listen: { port: 1, websocket: /ws }
            auth: { required: false, issue: { access: 1500ms, refresh: 5, other: 1 } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:43: error: "access" must be whole seconds
            c.yaml:3:60: error: "refresh" must be a duration with a unit, is the number 5
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:3:63: error: unknown key "other" in auth.issue
              hint: known here: access, refresh
            """#),
    ]
}
