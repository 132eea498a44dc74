// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with sessions, joins, delivery, inboxes, presence and the log.
    static let rules: [BrokenContract] = [
        BrokenContract(
            "sessions and first messages that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]

            auth:
              mode: sometimes
              required: true
              tokens: [ { session: cookies.s }, { jwt: query.a, session: query.b } ]
              sessions: { ask: "backend:4000", cache: 5, deadline: 0s, secret: "" }
              timeout: never
              message: { type: "" }
              resume: { query: "a b", for: 0s }
              trust: [ loopbak, 10.1.2.3/8, 5 ]
            channels: {}
            """#,
            #"""
            c.yaml:5:9: error: "mode" must be none or optional or required, is "sometimes"
            c.yaml:6:3: error: "mode" says it already
              hint: leave out required
            c.yaml:7:24: error: "cookies.s" is no place for a token
              hint: write query.NAME, header.NAME or cookie.NAME
            c.yaml:7:37: error: one token is one of jwt and session
              hint: write a list: [ { jwt: … }, { session: … } ]; the first that is present counts
            c.yaml:8:20: error: "ask" must be an http or https address without user and fragment, is "backend:4000"
              hint: such as http://backend:4000/api/session
            c.yaml:8:43: error: "cache" must be a duration with a unit, is the number 5
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:8:56: error: "deadline" must not be zero
            c.yaml:8:68: error: "secret" must not be empty
            c.yaml:9:12: error: "timeout" must be a duration, is "never"
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:10:12: error: "token" is missing
              hint: the message's key that holds the credential, such as token: token
            c.yaml:10:20: error: "type" must not be empty
            c.yaml:11:20: error: "a b" is no name of a query parameter
            c.yaml:11:32: error: "for" must not be zero
            c.yaml:12:12: error: "loopbak" is no network
              hint: write loopback, or an address and a length such as 10.0.0.0/8 or fd00::/8
            c.yaml:12:21: error: "10.1.2.3/8" has bits behind its length of 8
              hint: write the network's own address, such as 10.0.0.0/8, or one address without a length
            c.yaml:12:33: error: a network must be a text, is the number 5
              hint: put it in quotes
            """#),
        BrokenContract(
            "a first message of no kind, and tokens that nobody gets", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]

            auth: { mode: optional, message: { type: AUTH, token: token }, resume: { query: r } }
            channels: {}
            """#,
            #"""
            c.yaml:4:34: error: nothing says what the credential of the first message is
              hint: write tokens: [ { jwt: query.token } ]; it is of the first kind there
            c.yaml:4:72: error: clients are never told their token to resume with
              hint: write frames: { resume: { type: resume, token: "{resume.token}" } }
            """#),
        BrokenContract(
            "a frame for tokens that nobody makes",
            #"""
            frames: { resume: 1, lost: "{lost.cont}", problem: "{args.x}" }
            """#,
            #"""
            c.yaml:8:19: error: the frame "resume" is never sent
              hint: write auth: { resume: { query: resume, for: 5m } }
            c.yaml:8:28: error: "{lost.cont}": there is no such value
              hint: did you mean {lost.count}?
            c.yaml:8:52: error: "{args.x}": "args" is not known in the frame "problem"
              hint: known here: error, user, path, query, body, now
            """#),
        BrokenContract(
            "joins that lead nowhere",
            #"""
            connect:
              joins: [ "", "ordr:{user.id}", "order:{args.x}", { memberOf: "order:{id}" }, { member: x }, 5 ]
            """#,
            #"""
            c.yaml:9:12: error: a join must not be empty
            c.yaml:9:16: error: no channel pattern matches "ordr:{user.id}"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            c.yaml:9:34: error: "{args.x}": "args" is not known in "joins"
              hint: known here: user, connection
            c.yaml:9:64: error: "order:{id}" is no pattern under "channels"
              hint: did you mean "user:{id}"?
            c.yaml:9:80: error: "memberOf" is missing
              hint: write memberOf: "order:{orderId}", as under channels
            c.yaml:9:82: error: unknown key "member" in a join
              hint: did you mean "memberOf"?
            c.yaml:9:95: error: a join must be a text, is the number 5
              hint: put it in quotes
            """#),
        BrokenContract(
            "internal channels and rights of claims", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { mode: none }

            channels:
              a: { internal: true, subscribe: everyone }
              b: { subscribe: { claim: {} } }
              c: { subscribe: { claim: { kind: [], other: 5 } } }
              d: { subscribe: { mode: nobody } }
              e: { subscribe: nobody, clientPublish: [] }
              f: { subscribe: nobody, clientPublish: { memberOf: nowhere } }
              g: { subscribe: nobody, clientPublish: evrybody }
            """#,
            #"""
            c.yaml:6:24: error: nobody may subscribe to an internal channel
              hint: leave out subscribe: connections come to it by connect: joins:
            c.yaml:7:28: error: "claim" names no claim
              hint: write { claim: { user_type: employer } }
            c.yaml:8:36: error: "kind" can have none of no values
            c.yaml:8:47: error: a claim's value must be a text, is the number 5
              hint: put it in quotes
            c.yaml:9:27: error: "mode" must be none or optional or required, is "nobody"
            c.yaml:10:42: error: an empty list lets nobody publish
              hint: write clientPublish: nobody
            c.yaml:11:54: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of a, b, c, d, e, f, g
            c.yaml:12:42: error: unknown right to publish "evrybody"
              hint: write everyone, member, nobody, { user: "{did}" }, { role: NAME }, { claim: { NAME: VALUE } }, { memberOf: CHANNEL } or { ask: ADDRESS }, or a list of these
            """#),
        BrokenContract(
            "two patterns that catch every name", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { mode: none }

            channels:
              "{name}": { subscribe: everyone }
              "{other}": { subscribe: everyone }
            """#,
            #"""
            c.yaml:7:3: error: "{other}" and "{name}" in line 6 match the same names
              hint: begin them with different texts: a channel belongs to one pattern
            """#),
        BrokenContract(
            "delivery that cannot be", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { mode: none }

            channels:
              a: { subscribe: everyone, recover: true, slow: drop }
              b: { subscribe: everyone, slow: { conflate: "x{a}" } }
              c: { subscribe: everyone, slow: {} }
              d: { subscribe: everyone, slow: { conflate: "{id}" }, log: "{now} {user.id}" }
            events: { e: { to: d, data: { type: object, properties: { ide: {} } } } }
            """#,
            #"""
            c.yaml:6:29: error: "recover" needs "history"
              hint: say what is kept: history: { last: 100, for: 10m }
            c.yaml:6:50: error: "slow" must be close or dropOldest, is "drop"
            c.yaml:7:47: error: "conflate" must be one field of the payload
              hint: write conflate: "{orderId}"
            c.yaml:8:35: error: "conflate" is missing
              hint: write conflate: "{field}"
            c.yaml:9:3: error: no event that goes to "d" has the field "id"
              hint: conflate by a field of e
            c.yaml:9:62: error: "{now}": "now" is not known in "log"
              hint: write {publication.time}
            """#),
        BrokenContract(
            "inboxes for nobody knows whom", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { mode: none }

            channels:
              "room:{x}": { subscribe: everyone }
              staff: { subscribe: [ member, { role: staff } ] }
              "{name}": { subscribe: everyone }
              all: { subscribe: everyone }
              "user:{u}": { subscribe: { user: "{u}" } }
            events:
              a: { to: [ "room:{x?}", all, "user:{u?}" ], inbox: true }
              b: { to: [ staff, "other:{x?}" ], inbox: { for: 1d } }
              c: { inbox: { last: 5 }, ephemeral: 1, markup: clean }
            """#,
            #"""
            c.yaml:12:47: error: nobody can say for whom a is kept: who hears "room:{x}" is not known
              hint: an inbox is for channels that all hear (subscribe: everyone, and no parameters), for a channel's own members, or for one user: { user: "{userId}" }
            c.yaml:13:37: error: nobody can say for whom b is kept: who hears "staff" is not known
              hint: an inbox is for channels that all hear (subscribe: everyone, and no parameters), for a channel's own members, or for one user: { user: "{userId}" }
            c.yaml:13:37: error: nobody can say for whom b is kept: who hears "{name}" is not known
              hint: an inbox is for channels that all hear (subscribe: everyone, and no parameters), for a channel's own members, or for one user: { user: "{userId}" }
            c.yaml:14:15: error: "for" is missing
              hint: how long it is kept, such as for: 30d
            c.yaml:14:17: error: unknown key "last" in "inbox"
              hint: known here: for
            c.yaml:14:39: error: "ephemeral" must be true or false, is the number 1
            c.yaml:14:50: error: "markup" must be strip or escape or keep, is "clean"
            """#),
        BrokenContract(
            "companions in no channel",
            #"""
            events:
              a:
                to:
                  - { companionsOf: "{user}", in: "order:{id}", as: "user:{member}" }
                  - { companionsOf: "{user}", as: "user:{member}", except: "{user}" }
                  - { companionsOf: "{user}", membersOf: global, in: "order:{orderId}", as: "user:{member}" }
                  - { membersOf: global, in: "order:{orderId}", as: "user:{member}", except: "{usr}" }
                data: { type: object, required: [ user ], properties: { user: { type: string } } }
            """#,
            #"""
            c.yaml:11:39: error: "order:{id}" is no pattern under "channels"
              hint: did you mean "user:{id}"?
            c.yaml:12:9: error: "in" is missing
              hint: the channels that they share, such as in: "room:{roomId}"
            c.yaml:12:56: error: "except" has no meaning for companionsOf
              hint: nobody is his own companion
            c.yaml:13:9: error: one route is about one of membersOf and companionsOf
              hint: write two routes
            c.yaml:14:30: error: "in" has no meaning for membersOf
            c.yaml:14:82: error: the schema of a has no field "usr"
              hint: did you mean {user}?
            """#),
        BrokenContract(
            "presence without an event",
            #"""
            presence: { event: prsence, grace: 1, data: { user: "{user.id}", at: "{channel.name}" } }
            events: { presence: {} }
            """#,
            #"""
            c.yaml:8:20: error: there is no event "prsence"
              hint: did you mean "presence"?
            c.yaml:8:36: error: "grace" must be a duration with a unit, is the number 1
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:8:70: error: "{channel.name}": "channel" is not known in the data of "presence"
              hint: known here: presence, user, now
            """#),
        BrokenContract(
            "presence against the schema of its event",
            #"""
            presence: { event: presence, data: { user: "{user.id}" } }
            events: { presence: { data: { type: object, required: [ user, status ] } } }
            """#,
            #"""
            c.yaml:8:20: error: presence goes nowhere
              hint: say under events: where it goes, such as to: [ { companionsOf: "{user}", in: "room:{roomId}", as: "user:{member}" } ]
            c.yaml:8:36: error: "data" breaks the schema of presence: it must have the member "status"
            """#),
        BrokenContract(
            "recovery, markup and log that are none",
            #"""
            recovery: { ask: ids, publication: "{publication.positn?}" }
            markup: clean
            log: { started: "{user.id}", connected: "a\nb", stopped: x }
            """#,
            #"""
            c.yaml:8:18: error: "ids" is no query parameter
              hint: write query.NAME, such as query.ids
            c.yaml:8:36: error: "{publication.positn}": there is no such value
              hint: did you mean {publication.position}?
            c.yaml:9:9: error: "markup" must be strip or escape or keep, is "clean"
            c.yaml:10:17: error: "{user.id}": "user" is not known in the line "started"
              hint: known here: now
            c.yaml:10:41: error: "connected" must be one line
            c.yaml:10:49: error: unknown key "stopped" in log
              hint: known here: started, connected, disconnected
            """#),
        BrokenContract(
            "statuses that are none",
            #"""
            errors: { notFound: { status: 200 }, forbidden: { status: no } }
            """#,
            #"""
            c.yaml:8:31: error: "status" must be 400 to 599, is 200
            c.yaml:8:59: error: "status" must be a whole number, is "no"
            """#),
        BrokenContract(
            "limits on the wrong things",
            #"""
            limits:
              connections: [ 5/min per user, 5 per channel, 0 per address, many ]
              attempts: [ 5 per user, { rate: 6/min per address, exceeded: delay } ]
              messages: [ 1/min per user, 2/min per user, 3 per user, { exceeded: wait }, { rate: 1/min per connection, exceeded: wait } ]
              publish: [ 9999999/s per room, 9999999/s per user ]
              invalidMessages: 10 per connection
              idle: 500ms
              throttle: { from: 2s, to: 1s }
            """#,
            #"""
            c.yaml:9:18: error: "connections" counts those at once, without a time
              hint: write it like 5 per user; how often somebody may connect is "attempts"
            c.yaml:9:34: error: "connections" cannot be counted per channel
              hint: known here: per user, per address
            c.yaml:9:49: error: "connections" can never be met: it allows none
              hint: leave it out for no limit
            c.yaml:9:64: error: "connections" must be a limit, is "many"
              hint: write it like 5 per user
            c.yaml:10:15: error: "attempts" per user needs a time
              hint: write it like 60/min per user, with s, min or h
            c.yaml:10:64: error: "attempts" cannot be delayed
              hint: only messages can: leave out exceeded
            c.yaml:11:31: error: "messages" per user stands already in line 11
              hint: one limit for each of connection, user
            c.yaml:11:47: error: "messages" per user stands already in line 11
              hint: one limit for each of connection, user
            c.yaml:11:59: error: "rate" is missing
              hint: write it like 60/min per connection, with s, min or h
            c.yaml:11:119: error: "exceeded" must be error or delay, is "wait"
            c.yaml:12:14: error: "publish" must allow at most 1000000
              hint: leave it out for no limit
            c.yaml:12:34: error: "publish" must allow at most 1000000
              hint: leave it out for no limit
            c.yaml:13:20: error: "invalidMessages" must be a rate, is "10 per connection"
              hint: write it like 60/min per connection, with s, min or h
            c.yaml:14:9: error: "idle" must be at least 1s
            c.yaml:15:21: error: "from" must not be longer than "to"
            """#),
    ]
}
