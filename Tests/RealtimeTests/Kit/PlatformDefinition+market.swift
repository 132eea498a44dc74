// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension ChannelRules {
    init(
        _ pattern: String, _ rules: SubscribeRule.Kind..., history: History? = nil, open: Bool = false,
        byRecord: Bool = false
    ) {
        self.init(
            pattern: ChannelPattern(pattern), subscribe: rules.map { SubscribeRule($0, location: .test) },
            history: history, acceptsUndeclaredEvents: open, existsByRecord: byRecord, location: .test)
    }
}

extension EventType {
    init(
        _ name: String,
        to channels: [String],
        members: [MemberEffect] = [],
        records: [RecordEffect] = [],
        toMembersOf source: String? = nil
    ) {
        var routes = channels.map { Route.channel(NameTemplate($0), location: .test) }
        if let source {
            routes.append(.membersOf(NameTemplate(source), as: NameTemplate("user:{member}"), location: .test))
        }
        self.init(name: name, routes: routes, memberEffects: members, recordEffects: records, location: .test)
    }
}

extension PlatformDefinition {
    /// A small market: orders of members, shipments that share an order's members, rooms with a record, a feed with history, and a
    /// rating that is held back until two have come or seven days are over.
    static func market(_ change: (inout PlatformDefinition) -> Void = { _ in }) -> PlatformDefinition {
        var definition = PlatformDefinition(
            name: "market", title: "Market", file: "market.yaml", listeners: [], auth: AuthRules(),
            frames: Frames(
                connected: nil, publication: Template(.json([])), error: Template(.json([])), unsubscribed: nil),
            channels: Self.marketChannels, events: Self.marketEvents, waits: [Self.ratingWait])
        change(&definition)
        return definition
    }

    private static let marketChannels = [
        ChannelRules("order:{orderId}", .member),
        ChannelRules("user:{did}", .user(NameTemplate("{did}", parameters: ["did"]))),
        ChannelRules("shipment:{shipmentId}", .member),
        ChannelRules("proposal:{proposalId}", .role("signer"), .memberOf(NameTemplate("signers"))),
        ChannelRules("signers", .member),
        ChannelRules("room:{roomId}", .everyone, byRecord: true),
        ChannelRules("feed:{feedId}", .everyone, history: .init(count: 3, age: 60_000)),
        ChannelRules("global", .everyone, open: true),
        ChannelRules("topic:{name}", .everyone),
    ]

    private static var marketEvents: [String: EventType] {
        let order = NameTemplate("order:{orderId}")
        let shipment = NameTemplate("shipment:{shipmentId}")
        let room = NameTemplate("room:{roomId}")
        let parties = ["user:{buyer}", "user:{vendor}"]
        let patch = Template(.value(TemplatePath(.payload(["patch"]))))
        let events = [
            EventType(
                "order.created", to: ["order:{orderId}"] + parties,
                members: [.init(channel: order, change: .add([NameTemplate("{buyer}"), NameTemplate("{vendor}")]))]),
            EventType("order.updated", to: ["order:{orderId}"]),
            EventType("order.told", to: ["order:{orderId}", "user:{buyer}"]),
            EventType(
                "order.left", to: ["order:{orderId}"],
                members: [.init(channel: order, change: .remove([NameTemplate("{who}")]))]),
            EventType(
                "shipment.created", to: ["shipment:{shipmentId}"],
                members: [.init(channel: shipment, change: .link(order))], toMembersOf: "order:{orderId}"),
            EventType("shipment.moved", to: ["shipment:{shipmentId}"], toMembersOf: "shipment:{shipmentId}"),
            EventType(
                "room.opened", to: [],
                records: [
                    .init(channel: room, change: .replace(Template(payload: [("id", "roomId"), ("title", "title")])))
                ]),
            EventType("room.changed", to: ["room:{roomId}"], records: [.init(channel: room, change: .merge(patch))]),
            EventType("room.closed", to: ["room:{roomId}"], records: [.init(channel: room, change: .remove)]),
            EventType("feed.posted", to: ["feed:{feedId}"]),
            EventType("said", to: ["topic:{topic}"]),
            EventType("shouted", to: ["topic:{a}", "topic:{b}"]),
            EventType("rating.submitted", to: parties),
            EventType("rating.revealed", to: parties),
        ]
        return Dictionary(uniqueKeysWithValues: events.map { ($0.name, $0) })
    }

    private static let ratingWait = WaitRule(
        event: "rating.revealed", trigger: "rating.submitted", key: NameTemplate("{orderId}"),
        item: NameTemplate("{by}"), count: 2, within: 7 * 86_400_000,
        data: Template(
            payload: [("orderId", "orderId"), ("buyer", "buyer"), ("vendor", "vendor")], [("revealed", "true")]),
        location: .test)
}
