// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with ids and with what follows from events.
    static let derived: [BrokenContract] = [
        BrokenContract(
            "what follows goes wrong",
            #"""
            events:
              won:
                data: { type: object, required: [user], properties: { user: { type: string }, prize: { type: string } } }
                example: { user: u1 }
                then:
                  - { event: tld, users: [ "{usr}" ], data: {} }
                  - { event: told, data: {} }
                  - { event: told, users: [ "{prize}" ], channels: [ nowhere ], data: { id: "{new.di}" }, unless: x }
                  - {}
              told:
                id: "{id}"
                data: { type: object, required: [text], properties: { id: { type: string }, text: { type: string } } }
            """#,
            #"""
            c.yaml:13:18: error: there is no event "tld"
              hint: did you mean "told"?
            c.yaml:13:32: error: the schema of won has no field "usr"
              hint: did you mean {user}?
            c.yaml:14:11: error: told goes nowhere
              hint: say where under events: told: to:, or here with channels or users
            c.yaml:14:30: error: from the example of won, told would follow against its schema: it must have the member "text"
            c.yaml:15:33: error: "prize" may be missing in payloads of won
              hint: list it under required in the schema, or write {prize?} to do without
            c.yaml:15:58: error: no channel pattern matches "nowhere"
              hint: declare it under channels:, or use one of order:{orderId}, user:{id}, global
            c.yaml:15:75: error: from the example of won, told would follow against its schema: "id" must be a string, is null
            c.yaml:15:81: error: "{new.di}": there is no such value
              hint: did you mean {new.id}?
            c.yaml:15:95: error: unknown key "unless" in an event that follows
              hint: known here: event, channels, users, data, enabled
            c.yaml:16:9: error: "data" is missing
              hint: the payload of what follows
            c.yaml:16:9: error: "event" is missing
              hint: the event that follows
            c.yaml:18:9: error: "id" may be missing in payloads of told
              hint: list it under required in the schema, or write {id?} to do without
            """#),
        BrokenContract(
            "what follows goes on",
            #"""
            events:
              a: { to: [ global ], then: { event: b, data: {} } }
              b: { to: [ global ], then: { event: c, data: {} } }
              c: { to: [ global ], then: { event: c, data: {} } }
              d: { to: [ global ] }
              e: { to: [ global ], then: { event: d, data: {} }, await: { event: d, key: "x", each: "x", count: 1, within: 1s } }
            """#,
            #"""
            c.yaml:9:39: error: from b something follows in turn
              hint: what follows from an event has no then: of its own
            c.yaml:10:39: error: from c something follows in turn
              hint: what follows from an event has no then: of its own
            c.yaml:11:39: error: c follows from itself
              hint: what follows from an event has no then: of its own
            c.yaml:13:61: error: e waits, directly or not, for itself
            """#),
    ]
}
