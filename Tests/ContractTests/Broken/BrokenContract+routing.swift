// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with channels, and with where events go and what follows from them.
    static let routing: [BrokenContract] = [
        BrokenContract(
            "a channel without rights", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              global: {}
              news: { subscribe: [] }
              other: { subscribe: {} }
            """#,
            #"""
            c.yaml:5:11: error: "subscribe" is missing
              hint: write everyone, member, nobody, { user: "{did}" }, { role: NAME }, { claim: { NAME: VALUE } }, { memberOf: CHANNEL } or { ask: ADDRESS }, or a list of these
            c.yaml:6:22: error: an empty list lets nobody subscribe
              hint: write subscribe: nobody
            c.yaml:7:23: error: an empty map lets nobody subscribe
              hint: write subscribe: nobody
            """#),
        BrokenContract(
            "rights that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              a: { subscribe: everybody }
              b: { subscribe: 5 }
              c: { subscribe: { users: x } }
              d: { subscribe: { member: true, role: x } }
              e: { subscribe: [ nobody, everyone ] }
              f: { subscribe: { ask: "http://x" } }
              g: { subscribe: { member: false } }
              h: { subscribe: { role: [] } }
            """#,
            #"""
            c.yaml:5:19: error: unknown right to subscribe "everybody"
              hint: write everyone, member, nobody, { user: "{did}" }, { role: NAME }, { claim: { NAME: VALUE } }, { memberOf: CHANNEL } or { ask: ADDRESS }, or a list of these
            c.yaml:6:19: error: "subscribe" must be a right to subscribe, is the number 5
              hint: write everyone, member, nobody, { user: "{did}" }, { role: NAME }, { claim: { NAME: VALUE } }, { memberOf: CHANNEL } or { ask: ADDRESS }, or a list of these
            c.yaml:7:21: error: unknown key "users" in "subscribe"
              hint: did you mean "user"?
            c.yaml:8:19: error: one right holds one of member, role
              hint: write a list, - { member: … } and so on: any one of them suffices
            c.yaml:9:21: error: "nobody" stands alone
            c.yaml:10:26: error: "ask" needs a "secret", here or under "webhooks"
              hint: write secret: ${NAME}, with 24 to 64 random bytes: whsec_ and their base64
            c.yaml:11:29: error: "member" can only be true
            """#),
        BrokenContract(
            "a right that names no parameter", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              "user:{did}": { subscribe: { user: "{id}" } }
              global: { subscribe: { user: "{did}" } }
              "a:{x}": { subscribe: { memberOf: "b:{x?}" } }
            """#,
            #"""
            c.yaml:5:38: error: "{id}" is no parameter of the pattern
              hint: it has {did}
            c.yaml:6:32: error: "{did}" is no parameter of the pattern
              hint: the pattern has no parameters
            c.yaml:7:37: error: "{x?}": a parameter is never missing
              hint: leave out ?
            """#),
        BrokenContract(
            "a list of members that is no channel", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              "proposal:{id}": { subscribe: { memberOf: signers } }
            """#,
            #"""
            c.yaml:5:45: error: no channel pattern matches "signers"
              hint: declare it under channels:, or use one of proposal:{id}
            """#),
        BrokenContract(
            "patterns that are none", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              "a:{x}{y}": { subscribe: everyone }
              "b:{x}:{x}": { subscribe: everyone }
              "c:{x.y}": { subscribe: everyone }
              "d:{": { subscribe: everyone }
              "e:{name}": { subscribe: everyone }
              "": { subscribe: everyone }
            """#,
            #"""
            c.yaml:5:3: error: nothing tells where one parameter ends and {y} begins
              hint: put text between them, such as a colon
            c.yaml:6:3: error: the parameter {x} stands twice in the pattern
            c.yaml:7:3: error: a pattern's parameter is one name, such as {orderId}
            c.yaml:8:3: error: "{" is not closed
              hint: write {{ for a brace that is text
            c.yaml:9:3: error: a parameter cannot be called "name"
              hint: {channel.name} is the channel's whole name
            c.yaml:10:3: error: a channel pattern must not be empty
            """#),
        BrokenContract(
            "patterns that match the same names", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              "order:{orderId}": { subscribe: everyone }
              "order:{orderId}:items": { subscribe: everyone }
              "user:{id}": { subscribe: everyone }
              "user:me": { subscribe: everyone }
            """#,
            #"""
            c.yaml:6:3: error: "order:{orderId}:items" and "order:{orderId}" in line 5 match the same names
              hint: begin them with different texts: a channel belongs to one pattern
            c.yaml:8:3: error: "user:me" and "user:{id}" in line 7 match the same names
              hint: begin them with different texts: a channel belongs to one pattern
            """#),
        BrokenContract(
            "durability without history", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              a: { subscribe: everyone, history: { last: 100, for: 7d } }
              b: { subscribe: everyone, durable: true }
              c: { subscribe: everyone, durable: true, history: { last: 0, age: 7d } }
              d: { subscribe: everyone, publish: all, exists: always }
            """#,
            #"""
            c.yaml:6:29: error: "durable" needs "history"
              hint: say what is kept: history: { last: 100, for: 7d }
            c.yaml:7:53: error: "for" is missing
              hint: how long each is kept, such as for: 7d
            c.yaml:7:61: error: "last" must be 1 to 1000000, is 0
            c.yaml:7:64: error: unknown key "age" in history
              hint: known here: last, for
            c.yaml:8:38: error: "publish" must be any, is "all"
            c.yaml:8:51: error: "exists" must be byRecord, is "always"
            """#),
        BrokenContract(
            "a route to no channel",
            #"""
            events:
              sold:
                to: [ "orders:{orderId}", nowhere ]
                data: { type: object, required: [orderId], properties: { orderId: { type: string } } }
            """#,
            #"""
            c.yaml:10:11: error: no channel pattern matches "orders:{orderId}"
              hint: did you mean "order:{orderId}"?
            c.yaml:10:31: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            """#),
        BrokenContract(
            "a route by a field that may be missing",
            #"""
            events:
              sold:
                to: [ "order:{orderId}", "user:{buyer?}" ]
                data: { type: object, properties: { orderId: { type: string }, buyer: { type: string } } }
            """#,
            #"""
            c.yaml:10:11: error: "orderId" may be missing in payloads of sold
              hint: list it under required in the schema, or write {orderId?} to do without
            """#),
        BrokenContract(
            "a route by a field that is not declared",
            #"""
            events:
              sold:
                to: [ "order:{orderID}", "user:{buyer.idd?}" ]
                data: { type: object, required: [orderId], properties: { orderId: { type: string }, buyer: { type: object, properties: { id: { type: string } } } } }
            """#,
            #"""
            c.yaml:10:11: error: the schema of sold has no field "orderID"
              hint: did you mean {orderId}?
            c.yaml:10:30: error: the schema of sold has no field "buyer.idd"
              hint: did you mean {buyer.id}?
            """#),
        BrokenContract(
            "a route by a field that is no text",
            #"""
            events:
              sold:
                to: [ "order:{order}" ]
                data: { type: object, required: [order], properties: { order: { type: object } } }
            """#,
            #"""
            c.yaml:10:11: error: "order" in payloads of sold must be a string or a number to be part of a name
              hint: give it type: string in the schema
            """#),
        BrokenContract(
            "a route by a field of an unknown payload",
            #"""
            events:
              sold: { to: [ "order:{orderId}", "user:{buyer?}" ] }
            """#,
            #"""
            c.yaml:9:17: error: nothing says that payloads of sold have "orderId"
              hint: describe the payload under data:, or write {orderId?} to do without
            """#),
        BrokenContract(
            "routes that are none",
            #"""
            events:
              sold: { to: [ 5, "", "order:{orderId|x}", "order:{ids[]}", { membersOf: "order:1" }, { membersOf: "order:1", as: "user:x" }, { to: x }, "user:{member}" ] }
            """#,
            #"""
            c.yaml:9:17: error: a route must be a text, is the number 5
              hint: put it in quotes
            c.yaml:9:20: error: a route must not be empty
            c.yaml:9:24: error: "{orderId|…}": a name has no defaults
              hint: write {orderId?}
            c.yaml:9:45: error: "{ids[]}" in a name is not available in this version
            c.yaml:9:62: error: "as" is missing
              hint: write as: "user:{member}"
            c.yaml:9:116: error: "as" must have the place {member}
              hint: write as: "user:{member}"
            c.yaml:9:128: error: "as" is missing
              hint: write as: "user:{member}"
            c.yaml:9:128: error: "membersOf" is missing
            c.yaml:9:130: error: unknown key "to" in a route
              hint: known here: membersOf, companionsOf, in, as, except
            c.yaml:9:139: error: nothing says that payloads of sold have "member"
              hint: members have a name only under "as": { membersOf: …, as: "user:{member}" }
            """#),
        BrokenContract(
            "effects on channels that do not exist",
            #"""
            events:
              sold:
                members: { "ordr:{orderId}": [ "{buyer}" ], "order:{orderId}": [] }
                removeMembers: { "order:{orderId}": { membersOf: "order:1" } }
                record: { "nowhere": "{state}", "order:{orderId}": { remove: false }, "order:x": }
                data: { type: object, required: [orderId], properties: { orderId: { type: string } } }
            """#,
            #"""
            c.yaml:10:16: error: no channel pattern matches "ordr:{orderId}"
              hint: did you mean "order:{orderId}"?
            c.yaml:10:36: error: the schema of sold has no field "buyer"
              hint: it has orderId
            c.yaml:10:68: error: "members" names no users
            c.yaml:11:41: error: "removeMembers" takes users, not a map
              hint: write a list such as [ "{userId}" ]
            c.yaml:12:15: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            c.yaml:12:26: error: the schema of sold has no field "state"
              hint: it has orderId
            c.yaml:12:66: error: "remove" can only be true
            c.yaml:12:86: error: the record's value is missing
              hint: write { remove: true } to end the record
            """#),
        BrokenContract(
            "keys of events that are none",
            #"""
            events:
              sold: { inbox: true, too: [] }
              "{x}": {}
            """#,
            #"""
            c.yaml:9:24: error: unknown key "too" in an event
              hint: did you mean "to"?
            c.yaml:10:3: error: "{x}" is no name of an event
              hint: an event has a fixed name, such as order.created
            """#),
        BrokenContract(
            "a wait for an unknown event",
            #"""
            events:
              rated:
                data: { type: object, required: [id, order], properties: { id: { type: string }, order: { type: string }, by: { type: string } } }
                example: { id: r1, order: o1 }
              revealed:
                await: { event: ratd, key: "{order}", each: "{id}", count: 2, within: 7d }
            """#,
            #"""
            c.yaml:13:21: error: there is no event "ratd"
              hint: did you mean "rated"?
            """#),
        BrokenContract(
            "a wait that lacks everything",
            #"""
            events:
              rated:
                data: { type: object, required: [id, order], properties: { id: { type: string }, order: { type: string }, by: { type: string } } }
                example: { id: r1, order: o1 }
              revealed:
                await: {}
            """#,
            #"""
            c.yaml:13:12: error: "count" is missing
            c.yaml:13:12: error: "each" is missing
              hint: what tells one counted event from another, such as each: "{ratingId}"
            c.yaml:13:12: error: "event" is missing
              hint: the event that is counted
            c.yaml:13:12: error: "key" is missing
              hint: what tells one wait from another, such as key: "{orderId}"
            c.yaml:13:12: error: "within" is missing
              hint: how long to wait at most, such as within: 7d
            """#),
        BrokenContract(
            "a wait by fields that do not exist",
            #"""
            events:
              rated:
                data: { type: object, required: [id, order], properties: { id: { type: string }, order: { type: string }, by: { type: string } } }
                example: { id: r1, order: o1 }
              revealed:
                data: { type: object, required: [key], properties: { key: { type: string } } }
                await: { event: rated, key: "{order}", each: "{by}", count: 0, within: 7, enabled: maybe, data: { key: "{ordr}" } }
            """#,
            #"""
            c.yaml:14:33: error: the schema of revealed has no field "order"
              hint: it has key
            c.yaml:14:50: error: "by" may be missing in payloads of rated
              hint: list it under required in the schema, or write {by?} to do without
            c.yaml:14:65: error: "count" must be 1 to 1000, is 0
            c.yaml:14:76: error: "within" must be a duration with a unit, is the number 7
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:14:88: error: "enabled" must be true or false, is "maybe"
            c.yaml:14:101: error: from the example of rated, revealed would be published against its schema: "key" must be a string, is null
            c.yaml:14:108: error: the schema of rated has no field "ordr"
              hint: did you mean {order}?
            """#),
        BrokenContract(
            "a wait whose payload breaks the schema",
            #"""
            events:
              rated:
                data: { type: object, required: [id, order], properties: { id: { type: string }, order: { type: string }, by: { type: string } } }
                example: { id: r1, order: o1 }
              revealed:
                data: { type: object, required: [order, open], properties: { order: { type: string }, open: { const: true } } }
                await: { event: rated, key: "{order}", each: "{id}", count: 2, within: 7d, data: { order: "{order}", open: "{by?}" } }
            """#,
            #"""
            c.yaml:14:86: error: from the example of rated, revealed would be published against its schema: it must have the member "open"
            """#),
        BrokenContract(
            "events that wait for each other",
            #"""
            events:
              a: { await: { event: b, key: "x", each: "x", count: 1, within: 1s } }
              b: { await: { event: a, key: "x", each: "x", count: 1, within: 1s } }
            """#,
            #"""
            c.yaml:9:15: error: a waits, directly or not, for itself
            c.yaml:10:15: error: b waits, directly or not, for itself
            """#),
    ]
}
