// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every key that a contract may have. `docs/contract-reference.md` explains each, and a test compares the two.
package enum ContractKeys {
    package static let all: [KeySet] = [
        contract, listener, auth, token, user, key, frames, heartbeat, command, channel, subscribe, history, event,
        route,
        members, record, wait, error, limits,
    ]

    static let contract = KeySet(
        "",
        [
            "contract", "title", "listen", "auth", "frames", "heartbeat", "commandKey", "commands", "channels",
            "events",
            "errors", "limits", "schemas",
        ],
        unavailable: ["http", "connect", "apps", "monitor", "ingest", "namespaces"])

    static let listener = KeySet(
        "listen[]", ["host", "port", "websocket", "origins"], unavailable: ["socketio", "namespaces", "tls"])

    static let auth = KeySet(
        "auth",
        ["required", "tokens", "user", "keys", "issuer", "audience", "leeway", "onExpiry"],
        unavailable: ["session", "trust"])
    static let token = KeySet("auth.tokens[]", ["jwt"], unavailable: ["session"])
    static let user = KeySet("auth.user", ["id", "name", "avatar", "roles"])
    static let key = KeySet("auth.keys[]", ["secret", "publicKey", "publicKeyFile", "jwks", "refresh"])

    static let frames = KeySet("frames", ["connected", "publication", "error", "unsubscribed"])
    static let heartbeat = KeySet("heartbeat", ["every", "timeout"])

    static let command = KeySet(
        "commands.*", ["does", "channels", "each", "reply"],
        unavailable: [
            "ack", "as", "channel", "data", "emit", "event", "fail", "since", "to",
        ])

    static let channel = KeySet(
        "channels.*", ["subscribe", "history", "durable", "publish", "exists"], unavailable: ["presence"])
    static let subscribe = KeySet(
        "channels.*.subscribe", ["member", "memberOf", "user", "role"], unavailable: ["ask", "cache"])
    static let history = KeySet("channels.*.history", ["last", "for"])

    static let event = KeySet(
        "events.*",
        ["description", "to", "members", "removeMembers", "record", "data", "example", "examples", "await"],
        unavailable: ["then", "inbox"])
    static let route = KeySet("events.*.to[]", ["membersOf", "as"])
    static let members = KeySet("events.*.members.*", ["membersOf"])
    static let record = KeySet("events.*.record.*", ["merge", "remove"])
    static let wait = KeySet("events.*.await", ["event", "key", "each", "count", "within", "data", "enabled"])

    static let error = KeySet("errors.*", ["message", "close", "reason"])

    static let limits = KeySet(
        "limits",
        ["subscriptions", "subscriptionsPerConnection", "message", "queue", "payload", "channelsPerPublication"],
        unavailable: ["connections", "attempts", "messages", "publish", "idle", "lifetime", "exceeded"])
}
