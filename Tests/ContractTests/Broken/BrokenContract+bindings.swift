// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with messages and HTTP requests that start operations.
    static let bindings: [BrokenContract] = [
        BrokenContract(
            "operations with keys that mean nothing to them",
            #"""
            commands:
              a: { does: subscribe, channels: global, reply: 1, event: x }
              b: { does: publish, event: said, each: 1 }
              c: { does: stats, channels: global }
            http:
              "GET /a": { does: subscribe, as: anyone, channels: global }
              "GET /b": { does: reply, as: anyone, each: 1 }
              "GET /c": { does: call, as: anyone }
            """#,
            #"""
            c.yaml:9:53: error: "event" has no meaning for the operation "subscribe"
            c.yaml:10:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:10:30: error: there is no event "said"
              hint: declare it under events:
            c.yaml:10:36: error: "each" has no meaning for the operation "publish"
            c.yaml:11:6: error: "reply" is missing
            c.yaml:11:21: error: "channels" has no meaning for the operation "stats"
            c.yaml:13:21: error: the operation "subscribe" is for connections
              hint: known here: publish, presence, record, history, inbox, markRead, refreshToken, health, stats, reply, appEvents
            c.yaml:14:13: error: "reply" is missing
            c.yaml:14:40: error: unknown key "each" in an HTTP request
              hint: known here: does, as, body, status, proxy, channels, users, otherwise, event, data, since, before, limit, by, item, missing, notification, token, app, reply
            c.yaml:15:21: error: the operation "call" is for connections
              hint: known here: publish, presence, record, history, inbox, markRead, refreshToken, health, stats, reply, appEvents
            """#),
        BrokenContract(
            "publishing that cannot succeed",
            #"""
            commands:
              a: { does: publish, event: sayd }
              b: { does: publish }
              c: { does: publish, event: "", users: "{args.u}", otherwise: [ nowhere, "a{x}" ] }
              d: { does: publish, event: silent, channels: "ordr:{args.o}" }
              e: { does: publish, event: silent }
            events: { said: { to: global }, silent: {} }
            """#,
            #"""
            c.yaml:9:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:9:30: error: there is no event "sayd"
              hint: did you mean "said"?
            c.yaml:10:6: error: "event" is missing
              hint: the event's name, or where it stands: event: "{args.event}"
            c.yaml:10:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:11:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:11:30: error: "event" must not be empty
            c.yaml:11:66: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            c.yaml:11:75: error: "{x}": unknown root "x"
            c.yaml:12:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:12:48: error: no channel pattern matches "ordr:{args.o}"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            c.yaml:13:8: error: clients may publish to no channel
              hint: say under channels: who may, such as clientPublish: member
            c.yaml:13:30: error: silent goes nowhere
              hint: say where under events: silent: to:, or here with channels or users
            """#),
        BrokenContract(
            "publishing to users where no channel is a user's own", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { mode: none }

            channels: { global: { subscribe: everyone, publish: any } }
            http:
              "POST /a": { does: publish, as: backend, event: any, users: "{body.u}" }
              "POST /b": { does: publish, as: backend, event: any }
            """#,
            #"""
            c.yaml:7:63: error: no channel is a user's own, so users cannot be sent anything
              hint: declare one under channels: "user:{userId}": { subscribe: { user: "{userId}" } }
            c.yaml:8:51: error: there is no event "any"
              hint: declare it under events:
            """#),
        BrokenContract(
            "questions that nobody can answer",
            #"""
            commands:
              a: { does: presence }
              b: { does: presence, users: [], each: 1, reply: 2 }
              c: { does: presence, users: "{args.u}" }
              d: { does: history, channels: [ global, "{args.c}" ], reply: "{result.records}" }
              e: { does: history, channels: "{args.c[]}", item: "{publication.position}", reply: "{result.publications.x}" }
              f: { does: inbox, item: "{publication.idd}" }
              g: { does: history, channels: "order:{args.o}", reply: 1 }
            """#,
            #"""
            c.yaml:9:6: error: "reply" is missing
              hint: write reply for one answer, or each for one for each user
            c.yaml:9:6: error: "users" is missing
              hint: write users: [ "{args.users[]?}" ]
            c.yaml:10:31: error: "users" must name at least one user
            c.yaml:10:44: error: "each" and "reply" answer the same
              hint: each answers once for each user, reply once for all
            c.yaml:11:6: error: "reply" is missing
              hint: write reply for one answer, or each for one for each user
            c.yaml:12:33: error: a history is of one channel
            c.yaml:12:33: error: no such channel keeps a history
              hint: write history: { last: 100, for: 7d } under channels: global
            c.yaml:12:64: error: "{result.records}": there is no such value
              hint: known here: {result.publications}, {result.complete}
            c.yaml:13:33: error: a history is of one channel
            c.yaml:13:53: error: "{publication.position}" is not known in "item" of "e"
              hint: positions are for clients that ask for them: write it under recovery: publication:
            c.yaml:13:86: error: "{result.publications.x}": there is no such value
              hint: known here: {result.publications}, {result.complete}
            c.yaml:14:6: error: "reply" is missing
            c.yaml:14:8: warning: no event has an inbox, so this one stays empty
              hint: write inbox: true under events:
            c.yaml:14:27: error: "{publication.idd}": there is no such value
              hint: did you mean {publication.id}?
            c.yaml:15:33: error: no such channel keeps a history
              hint: write history: { last: 100, for: 7d } under channels: order:{orderId}
            """#),
        BrokenContract(
            "messages and bodies that do not have the field",
            #"""
            commands:
              a: { does: reply, args: { type: object, properties: { text: { type: string } } }, reply: [ "{args.txt}", "{args.type}", "{args}" ] }
              b: { does: reply, args: 5, reply: 1 }
              c: { does: reply, args: { type: object, additionalProperties: false }, reply: 1 }
            http:
              "POST /a": { does: reply, as: backend, body: { $ref: "#/schemas/A" }, reply: [ "{body.usr}", "{body.users[]}", "{args.x}", "{connection.id}", "{user.id}", "{new.id}" ] }
              "POST /b": { does: reply, as: backend, body: { type: objekt }, reply: 1 }
            schemas: { A: { type: object, properties: { user: {}, users: { type: array } } } }
            """#,
            #"""
            c.yaml:9:94: error: the schema of the message "a" has no field "txt"
              hint: did you mean {args.text}?
            c.yaml:10:27: error: "args" must be a JSON Schema, is the number 5
              hint: write args: { type: object } or args: { $ref: "#/schemas/NAME" }
            c.yaml:11:27: error: no message fits: each has "type", which the schema does not allow
              hint: declare it under properties: type: { type: string }
            c.yaml:13:82: error: the schema of the body of POST /a has no field "usr"
              hint: did you mean {body.user}?
            c.yaml:13:114: error: "{args.x}": "args" is not known in the reply of POST /a
              hint: write body, query or path
            c.yaml:13:126: error: "{connection.id}": "connection" is not known in the reply of POST /a
              hint: an HTTP request is no connection
            c.yaml:13:145: error: "{user.id}": "user" is not known in the reply of POST /a
              hint: a request as: backend has no user
            c.yaml:13:158: error: "{new.id}": "new" is not known in the reply of POST /a
              hint: known here: path, query, now, body
            c.yaml:14:56: error: schema: "type" must be one of null, boolean, object, array, string, number, integer
              hint: did you mean "object"?
            """#),
        BrokenContract(
            "requests that are none",
            #"""
            http:
              broadcast: { does: reply, as: anyone, reply: 1 }
              "post /a": { does: reply, as: anyone, reply: 1 }
              "POST a": { does: reply, as: anyone, reply: 1 }
              "GET /a/{x}y": { does: reply, as: anyone, reply: 1 }
              "GET /a/{x}/{x}": { does: reply, as: anyone, reply: 1 }
              "GET /a?b": { does: reply, as: anyone, reply: 1 }
              "GET /ok": 5
              "GET /none": {}
            """#,
            #"""
            c.yaml:9:3: error: "broadcast" is no request
              hint: write method and path, such as "POST /broadcast"
            c.yaml:10:3: error: unknown method "post"
              hint: did you mean "POST"?
            c.yaml:11:3: error: "POST a" is no request
              hint: write method and path, such as "POST /broadcast"
            c.yaml:12:3: error: "/a/{x}y" is no path
              hint: a path begins with / and has no spaces, ? or #; a parameter is a whole segment: /orders/{orderId}
            c.yaml:13:3: error: the parameter {x} stands twice in the path
            c.yaml:14:3: error: "/a?b" is no path
              hint: a path begins with / and has no spaces, ? or #; a parameter is a whole segment: /orders/{orderId}
            c.yaml:15:14: error: an HTTP request must be a map, is the number 5
            c.yaml:16:16: error: "as" is missing
              hint: whose credentials count: user, backend, app, anyone
            c.yaml:16:16: error: "does" is missing
              hint: one of publish, presence, record, history, inbox, markRead, refreshToken, health, stats, reply, appEvents
            """#),
        BrokenContract(
            "requests that stand in each other's way",
            #"""
            http:
              "GET /a/{x}": { does: reply, as: anyone, reply: "{path.y}" }
              "GET /a/{y}": { does: reply, as: anyone, reply: "{path.y}" }
              "POST /a/{y}": { does: reply, as: anyone, reply: 1, status: 404 }
              "GET /ws": { does: reply, as: anybody, reply: [ "{path.y}", "{query}", "{body.x}" ], body: {} }
            """#,
            #"""
            c.yaml:9:51: error: "{path.y}": there is no such value
              hint: did you mean {path.x}?
            c.yaml:10:3: error: GET /a/{y} stands already in line 9
              hint: parameters do not tell two paths apart
            c.yaml:11:63: error: "status" must be 200 to 299, is 404
            c.yaml:12:3: error: GET /ws is the WebSocket endpoint in line 2
              hint: give one of them another path
            c.yaml:12:33: error: "as" must be user or backend or app or anyone, is "anybody"
            c.yaml:12:51: error: "{path.y}": there is no such value
              hint: the path has no parameters
            c.yaml:12:63: error: "{query}": a query has parameters by name
              hint: write {query.NAME}
            c.yaml:12:74: error: "{body.x}": "body" is not known in the reply of GET /ws
              hint: a GET request has no body: write query
            c.yaml:12:88: error: a GET request has no body
              hint: its parameters are query.NAME
            """#),
        BrokenContract(
            "users where nobody can be one",
            #"""
            http:
              "GET /a": { does: inbox, as: user, reply: 1 }
              "GET /b": { does: inbox, as: backend, reply: 1 }
            events: { e: { inbox: true } }
            """#,
            #"""
            c.yaml:9:32: error: no request can be a user's: "auth" has no "tokens"
              hint: write auth: { tokens: [ { jwt: header.authorization } ] }
            c.yaml:10:32: error: an inbox is a user's
              hint: write as: user
            """#),
        BrokenContract(
            "a command with the name of the first message", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]

            auth: { mode: optional, tokens: { session: query.s }, message: { type: AUTH, token: token } }
            channels: {}
            commands: { AUTH: { does: reply, reply: 1 } }
            """#,
            #"""
            c.yaml:6:13: error: "AUTH" is the message of "auth"
              hint: give one of them another name
            """#),
    ]
}
