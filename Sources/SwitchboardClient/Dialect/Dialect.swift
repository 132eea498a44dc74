// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a contract's clients and its server speak: where commands have their names, and how the server's frames are told apart.
///
/// A value without behaviour, the same as the JavaScript client's. `switchboard generate swift` writes it from a contract that is spoken
/// over a plain WebSocket; for contracts whose clients speak Socket.IO there is ``socketIO(namespace:subscribe:unsubscribe:auth:token:)``.
///
/// A frame of the server is held against the shapes in this order: `welcome`, `subscribed`, `unsubscribed`, `pong`, `error`. What fits none
/// of them and has a name at `event.name` is an event.
public struct Dialect: Sendable, Equatable {
    /// A dot-separated way to a member of a frame: `data.channels`.
    public typealias Path = String

    /// The member of a client's message that names its command: `type`.
    public var command: String
    /// What subscribes; `nil`: no client says it, the server does it by itself.
    public var subscribe: ChannelCommand?
    /// What unsubscribes.
    public var unsubscribe: ChannelCommand?
    /// The command that the server answers with `pong`; `nil`: only the WebSocket's own pings are sent.
    public var ping: String?
    /// The member that holds what a command says; `nil`: its members stand beside the command's name.
    public var data: String?
    /// What the server sends first; `nil`: nothing, and the connection is open with its handshake.
    public var welcome: Shape?
    /// The confirmation of a subscription.
    public var subscribed: Subscribed?
    /// The end of a subscription, whoever ended it.
    public var unsubscribed: Unsubscribed?
    /// The answer to `ping`.
    public var pong: Shape?
    /// The refusal of anything.
    public var error: Refused?
    /// What everything else is.
    public var event: Event
    /// The query parameter that carries the token; `nil`: none is sent, or Socket.IO.
    public var token: String?
    /// How missed events are asked for; `nil`: they are not.
    public var positions: Positions?
    /// Set where the server speaks Socket.IO; of the rest then only `subscribe` and `unsubscribe` mean something.
    public var socketIO: SocketIO?

    /// A dialect of plain WebSocket, from its parts, each as the property of its name.
    public init(
        command: String, subscribe: ChannelCommand? = nil, unsubscribe: ChannelCommand? = nil, ping: String? = nil,
        data: String? = nil, welcome: Shape? = nil, subscribed: Subscribed? = nil, unsubscribed: Unsubscribed? = nil,
        pong: Shape? = nil, error: Refused? = nil, event: Event, token: String? = nil, positions: Positions? = nil
    ) {
        self.command = command
        self.subscribe = subscribe
        self.unsubscribe = unsubscribe
        self.ping = ping
        self.data = data
        self.welcome = welcome
        self.subscribed = subscribed
        self.unsubscribed = unsubscribed
        self.pong = pong
        self.error = error
        self.event = event
        self.token = token
        self.positions = positions
    }

    /// The language of a contract whose clients speak Socket.IO, in one namespace.
    ///
    /// - Parameters:
    ///   - subscribe: the event that subscribes, and how it names a channel; `nil` where joining the namespace does.
    ///   - auth: the member of what the client says of itself that carries the token.
    ///   - token: the query parameter that carries the token instead.
    public static func socketIO(
        namespace: String = "/", subscribe: ChannelCommand? = nil, unsubscribe: ChannelCommand? = nil,
        auth: String? = "token", token: String? = nil
    ) -> Dialect {
        var dialect = Dialect(
            command: "", subscribe: subscribe, unsubscribe: unsubscribe, event: Event(name: "0", data: "1"),
            token: token)
        dialect.socketIO = SocketIO(namespace: namespace, auth: auth)
        return dialect
    }
}
