// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with Socket.IO listeners, namespaces and answers, and with TLS.
    static let socketIO: [BrokenContract] = [
        BrokenContract(
            "a listener of both kinds, and namespaces of one of the other", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: /ws, socketio: /socket.io }, { port: 2, websocket: /ws, namespaces: { "/": {} } } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:38: error: a listener is one of websocket and socketio
              hint: write two listeners; they may have the same port
            c.yaml:2:89: error: only Socket.IO listeners have "namespaces"
              hint: write socketio: instead of websocket:
            """#),
        BrokenContract(
            "paths that Socket.IO cannot have", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: / }, { port: 2, socketio: socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:32: error: Socket.IO needs a path of its own
              hint: write socketio: /socket.io, which clients use unless they are told another
            c.yaml:2:58: error: "socket.io" is no path
              hint: a path begins with / and has no spaces, ? or #; other characters are percent-encoded
            """#),
        BrokenContract(
            "namespaces that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io, namespaces: {} }, { port: 2, socketio: /socket.io, namespaces: { admin: {}, "/a,b": {}, "/c?d": {}, "/{a}{b}": {}, "/ok": { requires: everyone } } } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:56: error: "namespaces" must have at least one namespace
              hint: leave it out for { "/": {} }
            c.yaml:2:109: error: "admin" is no namespace
              hint: a namespace begins with / and has no comma and no question mark, such as "/admin" or "/rooms/{roomId}"
            c.yaml:2:120: error: "/a,b" is no namespace
              hint: a namespace begins with / and has no comma and no question mark, such as "/admin" or "/rooms/{roomId}"
            c.yaml:2:132: error: "/c?d" is no namespace
              hint: a namespace begins with / and has no comma and no question mark, such as "/admin" or "/rooms/{roomId}"
            c.yaml:2:144: error: nothing tells where one parameter ends and {b} begins
              hint: put text between them, such as a colon
            c.yaml:2:168: error: unknown key "requires" in a namespace
              hint: did you mean "require"?
            """#),
        BrokenContract(
            "namespaces of which two match one name", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io, namespaces: { "/": {}, "/admin": {}, "/{name}": {} } } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:81: error: "/{name}" and "/admin" in line 2 match the same names
              hint: begin them with different texts
            """#),
        BrokenContract(
            "rights that are none of a namespace", isWhole: true,
            #"""
            contract: shop
            listen: 
              - port: 1
                socketio: /socket.io
                namespaces:
                  "/a": { require: member }
                  "/b": { require: { memberOf: global } }
                  "/c": { require: nobody }
                  "/d": { require: [] }
                  "/e": { require: [ everyon, { user: "{id}" } ] }
                  "/f/{id}": { require: { user: "{ids}" } }
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:6:24: error: "member" is no right to join a namespace
              hint: write everyone, { user: "{did}" }, { role: NAME } or { claim: { NAME: VALUE } }, or a list of these
            c.yaml:7:26: error: "memberOf" is no right to join a namespace
              hint: write everyone, { user: "{did}" }, { role: NAME } or { claim: { NAME: VALUE } }, or a list of these
            c.yaml:8:24: error: "nobody" is no right to join a namespace
              hint: write everyone, { user: "{did}" }, { role: NAME } or { claim: { NAME: VALUE } }, or a list of these
            c.yaml:9:24: error: an empty list lets nobody join
              hint: leave it out for everybody, or leave out the namespace
            c.yaml:10:26: error: unknown right to join "everyon"
              hint: did you mean "everyone"?
            c.yaml:10:43: error: "{id}" is no parameter of the pattern
              hint: the pattern has no parameters
            c.yaml:11:37: error: "{ids}" is no parameter of the pattern
              hint: it has {id}
            """#),
        BrokenContract(
            "joins of a namespace that lead nowhere", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io, namespaces: { "/o/{id}": { joins: [ "order:{path.orderId}", "nowhere", "order:{args.x}", "" ] } } } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:80: error: "{path.orderId}": there is no such value
              hint: known here: {path.id}
            c.yaml:2:104: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of global, order:{orderId}
            c.yaml:2:115: error: "{args.x}": "args" is not known in "joins"
              hint: known here: path, user, connection
            c.yaml:2:133: error: a join must not be empty
            """#),
        BrokenContract(
            "endpoints in each other's way", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io }, { port: 1, websocket: /socket.io/ws }, { port: 1, socketio: /socket.io/ } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            http: { "GET /socket.io/{id}": { does: health, as: anyone, reply: 1 }, "POST /socket.io/": { does: health, as: anyone, reply: 1 } }
            """#,
            #"""
            c.yaml:2:46: error: *:1/socket.io/ws is taken by the listener in line 2
            c.yaml:2:85: error: *:1/socket.io is taken by the listener in line 2
            c.yaml:5:9: error: GET /socket.io/{id} is the Socket.IO endpoint in line 2
              hint: give one of them another path
            c.yaml:5:72: error: POST /socket.io/ is the Socket.IO endpoint in line 2
              hint: give one of them another path
            """#),
        BrokenContract(
            "a refusal without a message", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            frames: { refused: { msg: no, data: { code: "{error.cod}" } } }
            """#,
            #"""
            c.yaml:5:20: error: the frame "refused" needs a "message"
              hint: clients make an error of it: refused: { message: "{error.message}", data: … }
            c.yaml:5:45: error: "{error.cod}": there is no such value
              hint: did you mean {error.code}?
            """#),
        BrokenContract(
            "a refusal that is no map", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            frames: { refused: "{error.message}" }
            """#,
            #"""
            c.yaml:5:20: error: the frame "refused" must be a map, is "{error.message}"
            """#),
        BrokenContract(
            "a refusal whose message is no text", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            frames: { refused: { message: [ x ] }, fail: { a: "{result.id}", b: "{command.nam}" } }
            """#,
            #"""
            c.yaml:5:31: error: "message" must be a text, is a list
            c.yaml:5:51: error: "{result.id}": "result" is not known in the frame "fail"
              hint: known here: error, command, args, channel, user, connection, now
            c.yaml:5:69: error: "{command.nam}": there is no such value
              hint: did you mean {command.name}?
            """#),
        BrokenContract(
            "names that Socket.IO keeps", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            commands:
              disconnect: { does: reply, ack: {} }
              ok: { does: reply, emit: { connect: {}, fine: {}, newListener: {} } }
            events:
              connect_error: { to: [ global ] }
            """#,
            #"""
            c.yaml:6:3: error: Socket.IO keeps the name "disconnect" for itself
              hint: choose another name
            c.yaml:7:30: error: Socket.IO keeps the name "connect" for itself
              hint: choose another name
            c.yaml:7:53: error: Socket.IO keeps the name "newListener" for itself
              hint: choose another name
            c.yaml:9:3: error: Socket.IO keeps the name "connect_error" for itself
              hint: choose another name
            """#),
        BrokenContract(
            "answers of Socket.IO that name what there is not", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            commands:
              a: { does: reply, ack: "{result.x}", emit: [ x ], fail: { a: "{error.messag}", b: "{result.id}" } }
              b: { does: subscribe, args: { type: object, properties: { x: { type: string } } }, channels: [ "order:{args.x}" ], ack: { r: "{result.records}", t: "{args.type}", c: "{channel.name}" } }
              c: { does: record, channels: [ "order:{args.x}" ], reply: { n: "{command.name}" } }
            """#,
            #"""
            c.yaml:6:26: error: "{result.x}": "result" is not known in "ack" of "a"
              hint: known here: args, user, connection, now
            c.yaml:6:46: error: "emit" must be a map, is a list
            c.yaml:6:64: error: "{error.messag}": there is no such value
              hint: did you mean {error.message}?
            c.yaml:6:85: error: "{result.id}": "result" is not known in "fail" of "a"
              hint: known here: error, command, args, channel, user, connection, now
            c.yaml:7:128: error: "{result.records}": there is no such value
              hint: did you mean {result.record}?
            c.yaml:7:151: error: the schema of the message "b" has no field "type"
              hint: it has x
            c.yaml:7:169: error: "{channel.name}": "channel" is not known in "ack" of "b"
              hint: known here: result, args, user, connection, now
            c.yaml:8:66: error: "{command.name}": "command" is not known in the reply of "c"
              hint: known here: result, args, user, connection, now
            """#),
        BrokenContract(
            "a return without Socket.IO", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: /ws } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            recovery: { for: 2m, reconnect: true }
            """#,
            #"""
            c.yaml:5:13: error: "for" is for Socket.IO clients, and no listener is for them
              hint: write listen: [ { port: 4000, socketio: /socket.io } ]
            c.yaml:5:22: error: "reconnect" is for Socket.IO clients, and no listener is for them
              hint: write listen: [ { port: 4000, socketio: /socket.io } ]
            """#),
        BrokenContract(
            "positions without plain clients", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            recovery: { ask: query.ids, publication: {} }
            """#,
            #"""
            c.yaml:5:11: warning: no channel has anything to recover
              hint: write recover: true and a history there
            c.yaml:5:13: error: "ask" and "publication" are for plain clients, and no listener is for them
              hint: write for: 2m for Socket.IO clients
            """#),
        BrokenContract(
            "a recovery that says nothing, and one by halves", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            recovery: {}
            """#,
            #"""
            c.yaml:5:11: error: "recovery" says nothing
              hint: write for: 2m, or ask and publication for plain clients
            """#),
        BrokenContract(
            "a reconnect without a time", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            recovery: { reconnect: yes }
            """#,
            #"""
            c.yaml:5:13: error: "reconnect" needs "for"
              hint: say how long a client may be away: for: 2m
            c.yaml:5:24: error: "reconnect" must be true or false, is "yes"
              hint: YAML 1.2 knows only true and false
            """#),
        BrokenContract(
            "half of what positions need", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, websocket: /ws } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            recovery: { ask: query.ids }
            """#,
            #"""
            c.yaml:5:11: error: "publication" is missing
              hint: the frame of such connections, with {publication.position?} in it
            """#),
        BrokenContract(
            "an error's code that is empty", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            errors: { forbidden: { code: "" } }
            """#,
            #"""
            c.yaml:5:30: error: "code" must not be empty
            """#),
        BrokenContract(
            "a token that no client brings", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io } ]
            auth: { tokens: [ { jwt: auth }, { jwt: auth.token } ], keys: { secret: s } }
            channels: { global: { subscribe: everyone } }
            """#,
            #"""
            c.yaml:3:26: error: "auth" is no place for a token
              hint: write auth.NAME, query.NAME, header.NAME or cookie.NAME
            """#),
        BrokenContract(
            "half of what TLS needs", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io, tls: {} }, { port: 2, socketio: /socket.io, tls: { certificate: a.pem } }, { port: 3, websocket: /ws, tls: { key: a.pem, cert: b.pem } }, { port: 4, websocket: /ws, tls: a.pem } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:49: error: "tls" needs "certificate" and "key"
              hint: write the paths of two PEM files
            c.yaml:2:95: error: "certificate" needs "key"
              hint: write the path of a PEM file
            c.yaml:2:153: error: "key" needs "certificate"
              hint: write the path of a PEM file
            c.yaml:2:165: error: unknown key "cert" in tls
              hint: known here: certificate, key
            c.yaml:2:214: error: tls must be a map, is "a.pem"
            """#),
        BrokenContract(
            "a port that is encrypted and not", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 1, socketio: /socket.io, tls: { certificate: "${X:-}", key: "${X:-}" } }, { port: 2, socketio: /a, tls: { certificate: a.pem, key: a.pem } }, { port: 2, websocket: /ws } ]
            auth: { required: false }
            channels: { global: { subscribe: everyone }, "order:{orderId}": { subscribe: member } }
            """#,
            #"""
            c.yaml:2:138: error: FOLDER/a.pem cannot be read: No such file or directory
              hint: paths are relative to the contract's folder
            c.yaml:2:161: error: the listener in line 2 has the port 2 with another "tls"
              hint: a port has one certificate, or none: write the same files, or choose another port
            """#),
    ]
}
