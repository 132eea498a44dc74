// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with who is in a channel.
    static let rooms: [BrokenContract] = [
        BrokenContract(
            "who is in a channel, told wrongly", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            auth: { required: false }
            channels:
              "a:{x}": { subscribe: everyone, presence: { grace: 1, online: { event: cme, data: { u: "{channel.y}" } } } }
              "b:{x}": { subscribe: everyone, presence: { offline: { event: came, data: { x: "{channel.x}" } } } }
              "c:{x}": { subscribe: everyone, presence: { online: { event: came }, ofline: {} } }
              d: { subscribe: everyone, presence: true }
              e: { internal: true, presence: {} }
            events: { came: { data: { type: object, required: [ user ] } } }
            """#,
            #"""
            c.yaml:5:54: error: "grace" must be a duration with a unit, is the number 1
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:5:74: error: there is no event "cme"
              hint: did you mean "came"?
            c.yaml:5:90: error: "{channel.y}": there is no such value
              hint: did you mean {channel.x}?
            c.yaml:6:77: error: "data" breaks the schema of came: it must have the member "user"
            c.yaml:7:55: error: "data" is missing
              hint: write data: { user: "{user.id}", timestamp: "{now}" }
            c.yaml:7:72: error: unknown key "ofline" in presence
              hint: did you mean "offline"?
            c.yaml:8:39: error: presence must be a map, is true
            c.yaml:9:34: error: who is in an internal channel concerns nobody
            """#),
        BrokenContract(
            "who is in which channel",
            #"""
            commands:
              a: { does: presence, channels: [ global ], reply: "{result.count}" }
              b: { does: presence, channels: [ "{args.a}", "{args.b}" ], users: [ "{args.c}" ], each: 1 }
            """#,
            #"""
            c.yaml:9:34: error: nobody is counted in such a channel
              hint: write presence: { grace: 10s } under channels: global
            c.yaml:10:6: error: "reply" is missing
            c.yaml:10:34: error: nobody is counted in such a channel
              hint: write presence: { grace: 10s } under channels: order:{orderId}
            c.yaml:10:34: error: presence is of one channel
            c.yaml:10:62: error: "users" has no meaning where "channels" says whom presence is about
            c.yaml:10:85: error: "each" has no meaning where "channels" says whom presence is about
            """#),
    ]
}
