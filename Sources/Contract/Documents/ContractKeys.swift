// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every key that a contract may have. `docs/contract-reference.md` explains each, and a test compares the two.
package enum ContractKeys {
    package static let all: [KeySet] = [
        contract, listener, namespace, tls, auth, token, sessions, firstMessage, resume, user, key, expiry, issue,
        connect,
        join,
        frames, heartbeat, command, callPlace, callFact, appCalls, binding, channel, channelPresence,
        channelPresenceChange, right, history, slow,
        event, route, inbox, members, record, wait, expires, derived, presence,
        recovery,
        error, limits, rate, subscriptions, idle, throttle, log, alert, webhooks,
        webhookRetry,
        monitor, monitoredService, announcement, apps,
    ]

    static let contract = KeySet(
        "",
        [
            "contract", "title", "listen", "auth", "connect", "frames", "heartbeat", "commandKey", "commands", "http",
            "channels", "events", "presence", "recovery", "markup", "errors", "limits", "log", "alerts", "schemas",
            "webhooks", "monitor", "apps",
        ],
        unavailable: ["ingest"])

    static let listener = KeySet(
        "listen[]", ["host", "port", "websocket", "socketio", "namespaces", "tls", "origins"])
    static let namespace = KeySet("listen[].namespaces.*", ["require", "joins", "apps"])
    static let tls = KeySet("listen[].tls", ["certificate", "key"])

    // MARK: Who they are

    static let auth = KeySet(
        "auth",
        [
            "mode", "required", "tokens", "sessions", "timeout", "message", "resume", "trust", "user", "keys", "issuer",
            "audience", "leeway", "onExpiry", "expiry", "users",
            "issue",
        ])
    static let token = KeySet("auth.tokens[]", ["jwt", "session"])
    static let sessions = KeySet("auth.sessions", ["secret", "ask", "cache", "deadline"])
    static let firstMessage = KeySet("auth.message", ["type", "token", "enabled"])
    static let resume = KeySet("auth.resume", ["query", "for"])
    static let user = KeySet("auth.user", ["id", "name", "avatar", "roles"])
    static let key = KeySet("auth.keys[]", ["secret", "publicKey", "publicKeyFile", "jwks", "refresh"])

    static let expiry = KeySet("auth.expiry", ["grace", "emit", "revoked"])

    static let issue = KeySet("auth.issue", ["access", "refresh"])

    static let connect = KeySet("connect", ["joins"])
    static let join = KeySet("connect.joins[]", ["memberOf", "channel", "until"])

    // MARK: What passes

    static let frames = KeySet(
        "frames",
        [
            "connected", "publication", "error", "unsubscribed", "resume", "lost", "expired", "problem", "refused",
            "fail",
        ])
    static let heartbeat = KeySet("heartbeat", ["every", "timeout"])

    /// What a binding says of its operation, whether a message or an HTTP request starts it.
    private static let operation = [
        "channels", "users", "otherwise", "event", "data", "since", "before", "limit", "by", "item", "missing",
        "notification", "token", "app", "reply",
    ]
    static let command = KeySet(
        "commands.*",
        ["does", "as", "args", "each", "ack", "fail", "emit", "emitWithoutAck", "channel", "with"] + operation,
        unavailable: ["to"])
    static let callPlace = KeySet("commands.*.channel[]", ["published", "value", "only"])
    static let callFact = KeySet("commands.*.with.*", ["record"])
    static let appCalls = KeySet("apps.calls", ["deadline", "concurrency", "failures", "pause"])
    static let binding = KeySet("http.*", ["does", "as", "body", "status", "proxy"] + operation)

    static let channel = KeySet(
        "channels.*",
        [
            "subscribe", "clientPublish", "internal", "history", "durable", "recover", "slow", "publish", "exists",
            "all", "log", "presence",
        ])
    static let channelPresence = KeySet("channels.*.presence", ["grace", "online", "offline"])
    /// Of `offline`, too.
    static let channelPresenceChange = KeySet("channels.*.presence.online", ["event", "data"])
    /// Of `clientPublish` and of a namespace's `require`, too.
    static let right = KeySet(
        "channels.*.subscribe", ["member", "memberOf", "user", "role", "claim", "mode"] + ask)
    /// What is said of `ask`, which stands for them.
    static let askTerms = ["secret", "cache", "deadline", "down"]
    private static let ask = ["ask"] + askTerms
    static let history = KeySet("channels.*.history", ["last", "for"])
    static let slow = KeySet("channels.*.slow", ["conflate"])

    // MARK: Events

    static let event = KeySet(
        "events.*",
        [
            "description", "to", "members", "removeMembers", "record", "inbox", "ephemeral", "markup", "data",
            "example", "examples", "await", "expires", "endsConnections", "id", "then",
        ])
    static let derived = KeySet("events.*.then[]", ["event", "channels", "users", "data", "enabled"])
    static let route = KeySet("events.*.to[]", ["membersOf", "companionsOf", "in", "as", "except"])
    static let inbox = KeySet("events.*.inbox", ["for"])
    static let members = KeySet("events.*.members.*", ["membersOf"])
    static let record = KeySet("events.*.record.*", ["merge", "remove"])
    static let wait = KeySet("events.*.await", ["event", "key", "each", "count", "within", "data", "enabled"])
    static let expires = KeySet("events.*.expires", ["after", "key", "data"])
    static let presence = KeySet("presence", ["event", "grace", "data"])
    static let recovery = KeySet("recovery", ["ask", "publication", "for", "reconnect"])

    // MARK: Errors, limits, log

    static let error = KeySet("errors.*", ["message", "refused", "code", "close", "reason", "status"])

    static let limits = KeySet(
        "limits",
        [
            "connections", "attempts", "messages", "publish", "subscriptions", "subscriptionsPerConnection",
            "invalidMessages", "idle", "lifetime", "throttle", "message", "queue", "payload", "channelsPerPublication",
            "apps",
        ])
    /// Of `attempts` and `publish`, too.
    static let rate = KeySet("limits.messages[]", ["rate", "exceeded", "counts"])
    static let subscriptions = KeySet("limits.subscriptions", ["rate", "counts"])
    static let idle = KeySet("limits.idle", ["after", "counts"])
    static let throttle = KeySet("limits.throttle", ["from", "to"])

    static let apps = KeySet("apps", ["manifest", "channel", "permissions", "calls"])

    static let log = KeySet("log", ["started", "connected", "disconnected"])
    static let alert = KeySet("alerts.*", ["above", "below", "for", "url", "secret"])

    // MARK: The backend

    static let webhooks = KeySet(
        "webhooks", ["url", "secret", "events", "channels", "deadline", "retry", "concurrency"])
    static let webhookRetry = KeySet("webhooks.retry", ["from", "to", "for"])

    // MARK: Services

    static let monitor = KeySet(
        "monitor",
        ["every", "deadline", "lost", "broadcast", "services", "update", "discovered", "removed", "metrics"])
    static let monitoredService = KeySet("monitor.services.*", ["url", "health", "port", "version", "every"])
    /// Of `discovered`, `removed` and `metrics`, too.
    static let announcement = KeySet("monitor.update", ["event", "data"])
}
