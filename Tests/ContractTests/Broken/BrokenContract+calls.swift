// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with calls to apps.
    static let calls: [BrokenContract] = [
        BrokenContract(
            "calls that lead nowhere", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, socketio: /socket.io, namespaces: { "/": {}, "/apps": { apps: true, joins: [ "room:1" ] }, "/more": { apps: 1 } } } ]
            auth: { required: false }
            channels: { "room:{id}": { subscribe: everyone, publish: any } }
            apps: { channel: "room:{id}", calls: { deadline: 1h, concurrency: 0, failures: x, pause: 3, paus: 1s } }
            commands:
              "{app}:*": { does: call, channel: [ "rom:{args.x}", { published: q }, { published: q, only: x }, { only: "room:{x}" }, { only: "room:{id}", value: x }, "{result.x}" ], with: { a: {}, b: { record: "order:{user.id}" } }, ack: "{result.any.thing}" }
              "{app}:x": { does: call }
              "quiz:x": { does: call, each: 1, ack: "{reslt}" }
              "app:p": { does: publish, as: app, event: "{args.e}", data: "{user.id}", users: [ x ] }
              "app:q": { does: subscribe, as: ap, channels: x }
              "app:r": { does: history, as: app, channels: [ "room:{args.x}" ] }
            """#,
            #"""
            c.yaml:2:93: error: "joins" has no meaning for a namespace of apps
            c.yaml:2:133: error: "apps" must be true or false, is the number 1
            c.yaml:5:40: error: "deadline" must not be longer than 10m
            c.yaml:5:67: error: "concurrency" must be 1 to 100000, is 0
            c.yaml:5:80: error: "failures" must be a whole number, is "x"
            c.yaml:5:90: error: "pause" must be a duration with a unit, is the number 3
              hint: write a unit: 500ms, 30s, 10m, 24h or 7d
            c.yaml:5:93: error: unknown key "paus" in "calls"
              hint: did you mean "pause"?
            c.yaml:7:39: error: no channel pattern matches "rom:{args.x}"
              hint: declare it under channels:, or use one of room:{id}
            c.yaml:7:55: error: "value" is missing
              hint: where the event has it, such as value: "{args.questionId?}"
            c.yaml:7:73: error: a channel of a call is a name, { published: FIELD, value: … } or { only: PATTERN }
            c.yaml:7:108: error: "room:{x}" is no pattern under "channels"
              hint: did you mean "room:{id}"?
            c.yaml:7:143: error: "value" belongs to "published"
            c.yaml:7:155: error: "{result.x}": "result" is not known in "channel" of "{app}:*"
              hint: known here: args, user, connection, now
            c.yaml:7:182: error: "record" is missing
              hint: the channel whose record it is
            c.yaml:7:199: error: no channel pattern matches "order:{user.id}"
              hint: declare it under channels:, or use one of room:{id}
            c.yaml:8:3: error: a command's name has no places
              hint: only "{app}:*" stands for several: for every event with an app's prefix
            c.yaml:9:27: error: "each" has no meaning for the operation "call"
            c.yaml:9:41: error: "{reslt}": unknown root "reslt"
              hint: did you mean "result"?
            c.yaml:10:12: error: "channels" is missing
              hint: an app names the room: channels: [ "room:{path.roomId}" ]
            c.yaml:10:63: error: "{user.id}": "user" is not known in "data" of "app:p"
              hint: an app is no user
            c.yaml:10:76: error: an app publishes into rooms alone
            c.yaml:10:83: error: no channel is a user's own, so users cannot be sent anything
              hint: declare one under channels: "user:{userId}": { subscribe: { user: "{userId}" } }
            c.yaml:11:35: error: "as" must be user or app, is "ap"
              hint: did you mean "app"?
            c.yaml:11:49: error: no channel pattern matches "x"
              hint: declare it under channels:, or use one of room:{id}
            c.yaml:12:14: error: an app publishes, and may do nothing else
              hint: write does: publish
            c.yaml:12:48: error: no such channel keeps a history
              hint: write history: { last: 100, for: 7d } under channels: room:{id}
            """#),
        BrokenContract(
            "calls without apps", isWhole: true,
            #"""
            contract: shop
            listen: [ { port: 3000, socketio: /socket.io, namespaces: { "/": {}, "/apps": { apps: true } } } ]
            auth: { required: false }
            channels: { "room:{id}": { subscribe: everyone } }
            commands:
              "{app}:*": { does: call }
              "app:p": { does: reply, as: app, reply: 1 }
            """#,
            #"""
            c.yaml:2:81: error: no app can connect: the contract has no "apps"
              hint: write apps: { channel: "room:{roomId}" }
            c.yaml:6:16: error: the platform has no apps
              hint: write apps: { channel: "room:{roomId}" }
            c.yaml:7:27: error: the platform has no apps
              hint: write apps: { channel: "room:{roomId}" }
            """#),
    ]
}
