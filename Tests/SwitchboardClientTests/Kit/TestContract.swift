// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SwitchboardClient

/// A shop whose clients speak plain WebSocket or Socket.IO, with everything that these tests look at.
enum TestContract {
    static let secret = "0123456789abcdef0123456789abcdef"

    private static let channels = """
        channels:
          "order:{id}": { subscribe: everyone, publish: any, history: { last: 1000, for: 10m }, recover: true }
          "vault:{id}": { subscribe: { role: admin }, publish: any }
          "user:{id}": { subscribe: { user: "{id}" }, publish: any }
          global: { subscribe: everyone, publish: any }
        events:
          order.created:
            to: ["order:{orderId}"]
            data: { type: object, required: [orderId], properties: { orderId: { type: string } } }
          announced: { to: [global] }
        limits: { subscriptions: 100000/min per connection, queue: 16MiB }
        """

    /// - Parameters:
    ///   - auth: the rules for tokens; the usual ones let everybody in.
    ///   - more: further keys.
    static func plain(port: Int, auth: String = "{ required: false }", tls: String = "", more: String = "") -> String {
        """
        contract: shop
        listen: [ { port: \(port), host: 127.0.0.1, websocket: /ws\(tls) } ]
        auth: \(auth)
        commandKey: type
        frames:
          connected: { type: connected, connection: "{connection.id}" }
          publication: { event: "{publication.event}", data: "{publication.data}", timestamp: "{publication.time}" }
          error: { type: error, code: "{error.code}", message: "{error.message}", channel: "{error.channel?}" }
          unsubscribed: { type: unsubscribed, channel: "{channel.name}" }
        recovery:
          ask: query.ids
          publication:
            event: "{publication.event}"
            data: "{publication.data}"
            timestamp: "{publication.time}"
            id: "{publication.position?}"
        commands:
          subscribe:
            does: subscribe
            channels: ["{args.channel?}", "{args.channels[]?}"]
            since: "{args.since?}"
            each: { type: subscribed, channel: "{channel.name}" }
          unsubscribe:
            does: unsubscribe
            channels: ["{args.channel?}", "{args.channels[]?}"]
            each: { type: unsubscribed, channel: "{channel.name}" }
          ping: { does: reply, reply: { type: pong } }
          stats: { does: stats, reply: { type: stats, data: { connections: "{result.connections}" } } }
          history:
            does: history
            args: { type: object, required: [channel] }
            channels: ["{args.channel}"]
            item: { id: "{publication.id}", data: "{publication.data}" }
            reply: { type: history, data: { messages: "{result.publications}" } }
        \(self.channels)
        \(more)
        """
    }

    static func socketIO(port: Int, auth: String = "{ required: false }", tls: String = "") -> String {
        """
        contract: shop
        listen: [ { port: \(port), host: 127.0.0.1, socketio: /socket.io, namespaces: { "/": {}, "/admin": { require: { role: admin } } }\(tls) } ]
        auth: \(auth)
        recovery: { for: 2m }
        commands:
          subscribe:
            does: subscribe
            channels: ["order:{args.order?}", "vault:{args.vault?}"]
            ack: { success: true }
          unsubscribe:
            does: unsubscribe
            channels: ["order:{args.order?}", "vault:{args.vault?}"]
            ack: { success: true }
          "subscribe:several": { does: subscribe, channels: ["{args.names[]}"], ack: { success: true } }
          stats: { does: stats, ack: { connections: "{result.connections}" } }
        \(self.channels)
        """
    }

    static let tokens = "{ required: true, tokens: [ { jwt: query.token } ], keys: { secret: \"\(Self.secret)\" } }"

    static let dialect = Dialect(
        command: "type",
        subscribe: .init(name: "subscribe", channel: "channel", channels: "channels"),
        unsubscribe: .init(name: "unsubscribe", channel: "channel", channels: "channels"),
        ping: "ping",
        welcome: .init(is: ["type": "connected"]),
        subscribed: .init(is: ["type": "subscribed"], channel: "channel"),
        unsubscribed: .init(is: ["type": "unsubscribed"], channel: "channel"),
        pong: .init(is: ["type": "pong"]),
        error: .init(is: ["type": "error"], message: "message", code: "code", channel: "channel"),
        event: .init(name: "event", data: "data", time: "timestamp", position: "id"),
        token: "token",
        positions: .init(query: "ids", since: "since"))

    static let socketIODialect = Dialect.socketIO(
        subscribe: .init(name: "subscribe", channel: "order", prefix: "order:"),
        unsubscribe: .init(name: "unsubscribe", channel: "order", prefix: "order:"))
}

struct OrderCreated: ServerEvent, Equatable {
    static let eventName = "order.created"
    let orderId: String
    let n: Int?
}

struct Announced: ServerEvent {
    static let eventName = "announced"
    let text: String
}

struct History: ClientCommand {
    struct Answer: Decodable, Sendable {
        struct Item: Decodable, Sendable {
            let id: String
            let data: OrderCreated.Payload
        }

        let messages: [Item]
    }

    static let commandName = "history"
    let channel: String?
}

extension OrderCreated {
    struct Payload: Decodable, Sendable, Equatable {
        let orderId: String
        let n: Int?
    }
}

struct Stats: ClientCommand {
    struct Answer: Decodable, Sendable { let connections: Int }

    static let commandName = "stats"
}
