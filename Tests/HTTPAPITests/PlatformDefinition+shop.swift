// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

extension PlatformDefinition {
    /// Orders with members, each user's own channel, one channel for all, and logs that are kept.
    static let shop: PlatformDefinition = {
        let place = SourceLocation(file: "shop.yaml", line: 1, column: 1)
        func channel(
            _ parts: ChannelPattern.Part...,
            by rule: SubscribeRule.Kind,
            history: ChannelRules.History? = nil,
            isOpen: Bool = false
        ) -> ChannelRules {
            ChannelRules(
                pattern: ChannelPattern(parts: parts), subscribe: [SubscribeRule(rule, location: place)],
                history: history, acceptsUndeclaredEvents: isOpen, location: place)
        }
        let order = NameTemplate(parts: [.literal("order:"), .field(["orderId"])])
        let created = EventType(
            name: "order.created", routes: [.channel(order, location: place)],
            memberEffects: [
                .init(channel: order, change: .add([NameTemplate(parts: [.field(["buyer"])])]))
            ],
            location: place)
        let paid = EventType(name: "order.paid", routes: [.channel(order, location: place)], location: place)
        let packed = EventType(
            name: "parcel.packed",
            routes: [
                .channel(NameTemplate(parts: [.literal("parcel:"), .field(["parcelId"])]), location: place)
            ],
            memberEffects: [
                .init(
                    channel: NameTemplate(parts: [.literal("parcel:"), .field(["parcelId"])]), change: .link(order))
            ],
            location: place)
        return PlatformDefinition(
            name: "shop", title: "The \"Shop\"", file: "shop.yaml", listeners: [], auth: AuthRules(),
            frames: Frames(
                connected: nil, publication: Template(.json([])), error: Template(.json([])), unsubscribed: nil),
            channels: [
                channel(.literal("order:"), .parameter("orderId"), by: .member),
                channel(.literal("parcel:"), .parameter("parcelId"), by: .member),
                channel(
                    .literal("user:"), .parameter("id"), by: .user(NameTemplate(parts: [.parameter("id", index: 0)]))),
                channel(.literal("global"), by: .everyone, isOpen: true),
                channel(
                    .literal("log:"), .parameter("name"), by: .everyone, history: .init(count: 100, age: 3_600_000),
                    isOpen: true),
            ],
            events: ["order.created": created, "order.paid": paid, "parcel.packed": packed])
    }()
}
