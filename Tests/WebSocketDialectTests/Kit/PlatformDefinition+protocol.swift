// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Realtime

extension SourceLocation {
    static let test = SourceLocation(file: "test.yaml", line: 1, column: 1)
}

extension Template {
    /// An object, each value a constant or a path.
    init(_ members: KeyValuePairs<String, Node>) { self.init(.object(members.map { (key: $0.key, value: $0.value) })) }
}

extension Template.Node {
    static func text(_ constant: String) -> Self { .json(Array("\"\(constant)\"".utf8)) }
    static func path(_ source: TemplatePath.Source, missing: TemplatePath.Missing = .null) -> Self {
        .value(TemplatePath(source, missing: missing))
    }
}

extension PlatformDefinition {
    /// The documented protocol of orders and users: subscribe, unsubscribe, ping, and a record.
    static func protocolOfOrders(_ change: (inout PlatformDefinition) -> Void = { _ in }) -> PlatformDefinition {
        let names: [Command.ChannelSource] = [
            .text(TextTemplate(parts: [.value(TemplatePath(.args(["channel"]), missing: .drop))])),
            .each(TemplatePath(.args(["channels"]))),
        ]
        func answer(_ type: String) -> Template {
            Template(["type": .text(type), "channel": .path(.channelName), "timestamp": .path(.now)])
        }
        var definition = PlatformDefinition(
            name: "orders", title: "Orders", file: "orders.yaml", listeners: [], auth: AuthRules(),
            frames: Frames(
                connected: Template(["type": .text("connected"), "userId": .path(.userID), "timestamp": .path(.now)]),
                publication: Template([
                    "event": .path(.publicationEvent), "data": .path(.publicationData([])),
                    "timestamp": .path(.publicationTime),
                ]),
                error: Template(["type": .text("error"), "message": .path(.errorMessage)]),
                unsubscribed: answer("unsubscribed")),
            commands: [
                "subscribe": Command(.subscribe(channels: names, each: answer("subscribed")), location: .test),
                "unsubscribe": Command(.unsubscribe(channels: names, each: answer("unsubscribed")), location: .test),
                "ping": Command(.reply(Template(["type": .text("pong"), "timestamp": .path(.now)])), location: .test),
                "state": Command(
                    .record(
                        .init(
                            channels: names,
                            reply: Template(["one": .path(.result(["record"])), "all": .path(.result(["records"]))]))),
                    location: .test),
            ],
            channels: Self.orderChannels, events: Self.orderEvents, errors: Self.words)
        change(&definition)
        return definition
    }

    private static let orderChannels: [ChannelRules] = [
        ChannelRules(
            pattern: ChannelPattern(parts: [.literal("order:"), .parameter("orderId")]),
            subscribe: [SubscribeRule(.member, location: .test)], location: .test),
        ChannelRules(
            pattern: ChannelPattern(parts: [.literal("user:"), .parameter("did")]),
            subscribe: [SubscribeRule(.user(NameTemplate(parts: [.parameter("did", index: 0)])), location: .test)],
            location: .test),
        ChannelRules(
            pattern: ChannelPattern(parts: [.literal("global")]),
            subscribe: [SubscribeRule(.everyone, location: .test)],
            acceptsUndeclaredEvents: true, location: .test),
    ]

    private static let orderEvents: [String: EventType] = {
        let order = NameTemplate(parts: [.literal("order:"), .field(["orderId"])])
        let user = NameTemplate(parts: [.literal("user:"), .field(["buyerDid"])])
        return [
            "order.created": EventType(
                name: "order.created", routes: [.channel(order, location: .test), .channel(user, location: .test)],
                memberEffects: [.init(channel: order, change: .add([NameTemplate(parts: [.field(["buyerDid"])])]))],
                recordEffects: [.init(channel: order, change: .replace(Template(.value(TemplatePath(.payload([]))))))],
                location: .test)
        ]
    }()

    private static let words: ErrorRules = {
        func text(_ words: String, _ path: TemplatePath.Source) -> TextTemplate {
            TextTemplate(parts: [.literal(words), .value(TemplatePath(path))])
        }
        return ErrorRules([
            .unauthenticated: .init(message: TextTemplate("Authentication required"), close: CloseCode(rawValue: 4001)),
            .invalidMessage: .init(message: TextTemplate("Invalid message format")),
            .unknownCommand: .init(message: text("Unknown message type: ", .args(["type"]))),
            .invalidChannel: .init(message: text("Invalid channel format: ", .channelName)),
            .forbidden: .init(message: text("Not authorized to subscribe to: ", .channelName)),
            .rateLimited: .init(message: TextTemplate("Rate limit exceeded")),
        ])
    }()
}
