// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with listeners, authentication, frames, commands, errors and limits.
    static let platforms: [BrokenContract] = [
        BrokenContract(
            "a listener without port and path", isWhole: true,
            #"""
            contract: shop
            listen: [ {} ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:11: error: "port" is missing
            c.yaml:2:11: error: a listener needs "websocket" or "socketio"
              hint: write the path of the endpoint, such as websocket: /ws or socketio: /socket.io
            """#),
        BrokenContract(
            "no listener", isWhole: true,
            #"""
            contract: shop
            listen: []
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:9: error: "listen" must have at least one listener
            """#),
        BrokenContract(
            "ports that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 65536, websocket: /a }, { port: web, websocket: /b }, { port: 1.5, websocket: /c } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:19: error: a port must be 0 to 65535, is 65536
            c.yaml:2:51: error: a port must be a whole number, is "web"
            c.yaml:2:81: error: a port must be a whole number, is the number 1.5
            """#),
        BrokenContract(
            "a path that is none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: ws }, { port: 2, websocket: "/ws?x" } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:33: error: "ws" is no path
              hint: a path begins with / and has no spaces, ? or #; other characters are percent-encoded
            c.yaml:2:61: error: "/ws?x" is no path
              hint: a path begins with / and has no spaces, ? or #; other characters are percent-encoded
            """#),
        BrokenContract(
            "origins that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: /ws, origins: [ example.com, "https://a.example/path", "*", null, "http://localhost:*" ] } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:49: error: "example.com" is no origin
              hint: write scheme and host, and the port where it is not the usual one: https://app.example.com, http://localhost:*; * alone allows every page
            c.yaml:2:62: error: "https://a.example/path" is no origin
              hint: write scheme and host, and the port where it is not the usual one: https://app.example.com, http://localhost:*; * alone allows every page
            c.yaml:2:93: error: an origin must be a text, is nothing
            """#),
        BrokenContract(
            "two listeners on one endpoint", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: /ws }, { host: 127.0.0.1, port: 1, websocket: /ws } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:40: error: 127.0.0.1:1/ws is taken by the listener in line 2
            """#),
        BrokenContract(
            "a host that is none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, host: "http://x", websocket: /ws } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:2:28: error: a host is a name or an address, such as 127.0.0.1
            """#),
        BrokenContract(
            "no auth", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            channels: {}
            """#,
            #"""
            c.yaml:1:1: error: "auth" is missing
              hint: say where tokens and keys come from, or write auth: { mode: none } to let everybody in
            """#),
        BrokenContract(
            "required auth without tokens and keys", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: {}
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:7: error: "tokens" is missing, so nobody can show who they are
              hint: write tokens: [ { jwt: query.token } ], or header.authorization, or cookie.NAME
            c.yaml:3:7: error: there is no key to check tokens with
              hint: write keys: { secret: ${SECRET} }, or publicKeyFile, or jwks; a variable that is set but empty gives none
            """#),
        BrokenContract(
            "tokens without a key", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false, tokens: [ { jwt: query.token } ] }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:7: error: there is no key to check tokens with
              hint: write keys: { secret: ${SECRET} }, or publicKeyFile, or jwks; a variable that is set but empty gives none
            """#),
        BrokenContract(
            "keys without tokens", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { keys: { secret: abc } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:7: error: "tokens" is missing, so nobody can show who they are
              hint: write tokens: [ { jwt: query.token } ], or header.authorization, or cookie.NAME
            """#),
        BrokenContract(
            "places that hold no token", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { tokens: [ { jwt: body.token }, { jwt: query }, { jwt: auth.token }, { session: x } ], keys: { secret: abc } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:26: error: "body.token" is no place for a token
              hint: write query.NAME, header.NAME or cookie.NAME
            c.yaml:3:47: error: "query" is no place for a token
              hint: write query.NAME, header.NAME or cookie.NAME
            c.yaml:3:63: error: "auth.token" is of Socket.IO clients, and no listener is for them
              hint: write query.NAME, header.NAME or cookie.NAME, or listen: [ { port: 4000, socketio: /socket.io } ]
            c.yaml:3:88: error: "x" is no place for a token
              hint: write query.NAME, header.NAME or cookie.NAME
            """#),
        BrokenContract(
            "keys that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { tokens: [ { jwt: query.token } ], keys: [ {}, { secret: "" }, { publicKey: abc }, { publicKey: "-----BEGIN PRIVATE KEY-----" }, { publicKeyFile: missing.pem }, { jwks: "ftp://a/b" }, { secrt: x }, { secret: a, refresh: 10m } ] }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:51: error: a key needs secret, publicKey, publicKeyFile or jwks
            c.yaml:3:65: error: "secret" must not be empty
            c.yaml:3:84: error: "publicKey" must be a PEM text that begins with -----BEGIN PUBLIC KEY-----
              hint: write it after publicKey: |
            c.yaml:3:104: error: "publicKey" must be a PEM text that begins with -----BEGIN PUBLIC KEY-----
              hint: this is a private key; keep it where tokens are made
            c.yaml:3:154: error: the file FOLDER/missing.pem cannot be read
              hint: paths are relative to the contract's folder
            c.yaml:3:177: error: "jwks" must be an http or https address without user and fragment, is "ftp://a/b"
              hint: such as https://id.example/keys; a key set of your own may be a file's path
            c.yaml:3:192: error: a key needs secret, publicKey, publicKeyFile or jwks
            c.yaml:3:194: error: unknown key "secrt" in a key
              hint: did you mean "secret"?
            c.yaml:3:228: error: "refresh" belongs to "jwks"
            """#),
        BrokenContract(
            "a refresh that is too short", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { tokens: [ { jwt: query.token } ], keys: { jwks: "https://a.example/jwks", refresh: 1s } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:92: error: "refresh" must be at least 10s
            """#),
        BrokenContract(
            "other values of auth", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: yes, leeway: 5, onExpiry: stay, issuer: "", user: { id: [], role: x } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:7: error: "tokens" is missing, so nobody can show who they are
              hint: write tokens: [ { jwt: query.token } ], or header.authorization, or cookie.NAME
            c.yaml:3:7: error: there is no key to check tokens with
              hint: write keys: { secret: ${SECRET} }, or publicKeyFile, or jwks; a variable that is set but empty gives none
            c.yaml:3:19: error: "required" must be true or false, is "yes"
              hint: YAML 1.2 knows only true and false
            c.yaml:3:32: error: "leeway" must be a duration with a unit, is the number 5
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:3:45: error: "onExpiry" must be close or keep, is "stay"
            c.yaml:3:59: error: "issuer" must not be empty
            c.yaml:3:75: error: "id" needs at least one claim
              hint: write id: sub
            c.yaml:3:79: error: unknown key "role" in auth.user
              hint: did you mean "roles"?
            """#),
        BrokenContract(
            "a leeway in milliseconds", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false, leeway: 1500ms }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:34: error: "leeway" must be whole seconds, at most 10m
            """#),
        BrokenContract(
            "frames with unknown frames and roots",
            #"""
            frames:
              conected: {}
              publication: { at: "{now}", user: "{user.id}", x: "{publication.offset}" }
              error: { text: "{error.mesage}", more: "{error.details}" }
              unsubscribed: { channel: "{channel.nam}", order: "{channel.orderId}", data: "{publication.data}" }
              connected:
            """#,
            #"""
            c.yaml:9:3: error: unknown key "conected" in frames
              hint: did you mean "connected"?
            c.yaml:10:22: error: "{now}": "now" is not known in the frame "publication"
              hint: write {publication.time}
            c.yaml:10:37: error: "{user.id}": "user" is not known in the frame "publication"
              hint: every subscriber gets the same text
            c.yaml:10:53: error: "{publication.offset}" is not available in this version
            c.yaml:11:18: error: "{error.mesage}": there is no such value
              hint: did you mean {error.message}?
            c.yaml:11:42: error: "{error.details}" is not available in this version
            c.yaml:12:28: error: "{channel.nam}": there is no such value
              hint: did you mean {channel.name}?
            c.yaml:12:79: error: "{publication.data}": "publication" is not known in the frame "unsubscribed"
              hint: known here: channel, user, connection, now
            c.yaml:13:13: error: the frame "connected" is empty
              hint: leave the key out for what is usual
            """#),
        BrokenContract(
            "paths that are none",
            #"""
            frames:
              connected: { a: "{user..id}", b: "{user.id", c: "user.id}", d: "{user id}", e: "{}", f: "{user.id?|x}", "{g}": 1 }
            """#,
            #"""
            c.yaml:9:19: error: "{user..id}" is not a path
              hint: a path is names with dots between them, such as {user.id}; {{ stands for a brace that is text
            c.yaml:9:36: error: "{" is not closed
              hint: write {{ for a brace that is text
            c.yaml:9:51: error: "}" closes nothing
              hint: write }} for a brace that is text
            c.yaml:9:66: error: "{user id}" is not a path
              hint: a path is names with dots between them, such as {user.id}; {{ stands for a brace that is text
            c.yaml:9:82: error: "{}" is not a path
              hint: a path is names with dots between them, such as {user.id}; {{ stands for a brace that is text
            c.yaml:9:91: error: "{user.id?|x}": a place with a default is never missing
              hint: leave out ? or |
            c.yaml:9:107: error: a key in a template has no places
            """#),
        BrokenContract(
            "roots that are not known",
            #"""
            commands:
              ping: { does: reply, reply: { a: "{path.x}", b: "{usr.id}", c: "{now.time}", d: "{connection.ip}" } }
            """#,
            #"""
            c.yaml:9:36: error: "{path.x}": "path" is not known in the reply of "ping"
              hint: known here: args, user, connection, now
            c.yaml:9:51: error: "{usr.id}": unknown root "usr"
              hint: did you mean "user"?
            c.yaml:9:66: error: "{now.time}": there is no such value
              hint: write {now}
            c.yaml:9:83: error: "{connection.ip}": there is no such value
              hint: did you mean {connection.id}?
            """#),
        BrokenContract(
            "a spread that is no element",
            #"""
            commands:
              ping: { does: reply, reply: { a: "{args.list[]}", b: [ "{user.roles[]}", "{args.list[]}", "x {args.list[]}" ] } }
            """#,
            #"""
            c.yaml:9:36: error: "{args.list[]}" can only be an element of a list
            c.yaml:9:58: error: "{user.roles[]}": there is no array to spread
            c.yaml:9:93: error: "{args.list[]}" makes several texts, which cannot stand here
            """#),
        BrokenContract(
            "a heartbeat without units",
            #"""
            heartbeat: { every: 30, timeout: 10 seconds }
            """#,
            #"""
            c.yaml:8:21: error: "every" must be a duration with a unit, is the number 30
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:8:34: error: "timeout" must be a duration, is "10 seconds"
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            """#),
        BrokenContract(
            "a heartbeat that outlasts itself",
            #"""
            heartbeat: { every: 10s, timeout: 20s }
            """#,
            #"""
            c.yaml:8:35: error: "timeout" must not be longer than "every"
              hint: the next ping is due before the last one's time is over
            """#),
        BrokenContract(
            "durations out of range",
            #"""
            heartbeat: { every: 0s, timeout: 99999999999999999999d }
            auth2: 1
            """#,
            #"""
            c.yaml:8:21: error: "every" must not be zero
            c.yaml:8:34: error: "timeout" must be a duration, is "99999999999999999999d"
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:9:1: error: unknown key "auth2" in a contract
              hint: did you mean "auth"?
            """#),
        BrokenContract(
            "an unknown operation",
            #"""
            commands:
              join: { does: subscrbe, channels: [ "{args.channel}" ] }
              who: { does: call }
              say: {}
            """#,
            #"""
            c.yaml:9:17: error: unknown operation "subscrbe"
              hint: did you mean "subscribe"?
            c.yaml:10:8: error: "reply" is missing
            c.yaml:10:10: error: the platform has no apps
              hint: write apps: { channel: "room:{roomId}" }
            c.yaml:11:8: error: "does" is missing
              hint: one of subscribe, unsubscribe, publish, presence, record, history, inbox, markRead, refresh, refreshToken, health, stats, reply, appEvents, call
            """#),
        BrokenContract(
            "commands with keys of other operations",
            #"""
            commands:
              a: { does: reply, reply: {}, channels: [ x ] }
              b: { does: subscribe }
              c: { does: subscribe, channels: [] }
              d: { does: record, channels: [ "{args.x}" ], each: {} }
              e: { does: subscribe, channels: [ "{args.x}" ], ack: {}, emit: {}, fail: {} }
              "{app}:*": { does: reply, reply: 1 }
            """#,
            #"""
            c.yaml:9:32: error: "channels" has no meaning for the operation "reply"
            c.yaml:10:6: error: "channels" is missing
              hint: write channels: [ "{args.channel?}" ]
            c.yaml:11:35: error: "channels" must name at least one channel
            c.yaml:12:6: error: "reply" is missing
            c.yaml:12:48: error: "each" has no meaning for the operation "record"
            c.yaml:13:51: error: "ack" is for Socket.IO clients, and no listener is for them
              hint: write listen: [ { port: 4000, socketio: /socket.io } ]
            c.yaml:13:60: error: "emit" is for Socket.IO clients, and no listener is for them
              hint: write listen: [ { port: 4000, socketio: /socket.io } ]
            c.yaml:13:70: error: "fail" is for Socket.IO clients, and no listener is for them
              hint: write listen: [ { port: 4000, socketio: /socket.io } ]
            c.yaml:14:22: error: only the operation "call" can stand here
            """#),
        BrokenContract(
            "the result where there is none",
            #"""
            commands:
              a: { does: subscribe, channels: [ "{args.x}", "{publication.id}" ], each: "{result.record}" }
              b: { does: record, channels: [ "{args.x}" ], reply: "{result.recrds}" }
            """#,
            #"""
            c.yaml:9:49: error: "{publication.id}": "publication" is not known in "channels" of "a"
              hint: known here: args, user, connection, now
            c.yaml:10:55: error: "{result.recrds}": there is no such value
              hint: did you mean {result.records}?
            """#),
        BrokenContract(
            "unknown error codes",
            #"""
            errors: { forbiden: {}, nope: {} }
            """#,
            #"""
            c.yaml:8:11: error: unknown error code "forbiden"
              hint: did you mean "forbidden"?
            c.yaml:8:25: error: unknown error code "nope"
              hint: known here: unauthenticated, invalidCredentials, sessionEnded, unavailable, expired, invalidMessage, binaryMessage, unknownCommand, invalidChannel, forbidden, notFound, unknownEvent, invalidPayload, invalidRequest, invalidQuery, rateLimited, tooManyMessages, tooManyConnections, tooManyAttempts, tooManyInvalid, idle, lifetimeOver, tooManySubscriptions, conflict, appForbidden, appPrefix, unknownApp, appUnavailable, appFailed, storageUnavailable, tooSlow, disconnected, shuttingDown, internalError
            """#),
        BrokenContract(
            "close codes that are reserved",
            #"""
            errors: { unauthenticated: { close: 1006 }, expired: { close: 5000 }, tooSlow: { close: 2999 }, conflict: { close: "4000" } }
            """#,
            #"""
            c.yaml:8:37: error: the close code 1006 is not for applications
              hint: RFC 6455 §7.4 leaves 1000, 1003, 1008 and 3000 to 4999 to them
            c.yaml:8:63: error: the close code 5000 is not for applications
              hint: RFC 6455 §7.4 leaves 1000, 1003, 1008 and 3000 to 4999 to them
            c.yaml:8:89: error: the close code 2999 is not for applications
              hint: RFC 6455 §7.4 leaves 1000, 1003, 1008 and 3000 to 4999 to them
            c.yaml:8:116: error: a close code must be a whole number, is "4000"
            """#),
        BrokenContract(
            "a reason that does not fit",
            #"""
            errors: { unauthenticated: { close: 4001, reason: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }, forbidden: { reason: no } }
            """#,
            #"""
            c.yaml:8:51: error: "reason" must have at most 123 bytes, has 124
            c.yaml:8:194: error: "reason" is for errors that close the connection
              hint: add close: 4000, say
            """#),
        BrokenContract(
            "an error text that holds itself",
            #"""
            errors: { forbidden: { message: "no: {error.message}" } }
            """#,
            #"""
            c.yaml:8:33: error: "{error.message}" is the text that is being written here
              hint: leave "message" out to keep the server's own words
            """#),
        BrokenContract(
            "limits that are none",
            #"""
            limits: { subscriptions: 60, message: 64, queue: 1MB, payload: 1TiB, subscriptionsPerConnection: 0, channelsPerPublication: many }
            """#,
            #"""
            c.yaml:8:26: error: "subscriptions" must be a rate, is the number 60
              hint: write it like 60/min per connection, with s, min or h
            c.yaml:8:39: error: "message" must be a size with a unit, is the number 64
              hint: write a unit: 512B, 64KiB or 1MiB
            c.yaml:8:50: error: "queue" must be a size, is "1MB"
              hint: sizes are counted in B, KiB (1024 B) and MiB (1024 KiB)
            c.yaml:8:64: error: "payload" must be a size, is "1TiB"
              hint: sizes are counted in B, KiB (1024 B) and MiB (1024 KiB)
            c.yaml:8:98: error: "subscriptionsPerConnection" must be 1 to 1000000, is 0
            c.yaml:8:125: error: "channelsPerPublication" must be a whole number, is "many"
            """#),
        BrokenContract(
            "limits that can never be met",
            #"""
            limits: { subscriptions: 0/min per connection, payload: 2MiB }
            """#,
            #"""
            c.yaml:8:26: error: "subscriptions" can never be met: it allows none
              hint: leave it out for no limit
            c.yaml:8:57: error: a payload of "payload" bytes never fits the "queue" of a connection
              hint: make queue at least as large as payload, by default 256KiB
            """#),
        BrokenContract(
            "limits per the wrong thing",
            #"""
            limits: { subscriptions: 60/min per user, connections: 5 per user, idle: 15m, exceeded: { close: 4008 } }
            """#,
            #"""
            c.yaml:8:26: error: "subscriptions" cannot be counted per user
              hint: known here: per connection
            c.yaml:8:79: error: unknown key "exceeded" in limits
              hint: known here: connections, attempts, messages, publish, subscriptions, subscriptionsPerConnection, invalidMessages, idle, lifetime, throttle, message, queue, payload, channelsPerPublication, apps
            """#),
        BrokenContract(
            "refused attempts of a user",
            #"""
            limits: { attempts: [ { rate: 5/min per user, counts: refused } ] }
            """#,
            #"""
            c.yaml:8:55: error: "counts" is for attempts per address
              hint: before it is known who somebody is, only the address can count: leave out counts
            """#),
        BrokenContract(
            "a rate per something unknown",
            #"""
            limits: { subscriptions: 60/min per conection }
            """#,
            #"""
            c.yaml:8:26: error: "subscriptions": unknown "per conection"
              hint: did you mean "per connection"?
            """#),
    ]
}
