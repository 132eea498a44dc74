// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// The constant `dialect` of a contract.
struct TypeScriptDialect {
    let dialect: DialectOutline

    func lines() -> [String] {
        let dialect = self.dialect
        var members: [(String, String?)] = [
            ("command", TypeScriptText.string(dialect.command)),
            ("subscribe", dialect.subscribe.map(Self.command)),
            ("unsubscribe", dialect.unsubscribe.map(Self.command)),
            ("ping", dialect.ping.map(TypeScriptText.string)),
            ("data", dialect.data.map(TypeScriptText.string)),
            ("welcome", dialect.welcome.map(Self.shape)),
            ("subscribed", dialect.subscribed.map(Self.shape)),
            ("unsubscribed", dialect.unsubscribed.map(Self.shape)),
            ("pong", dialect.pong.map(Self.shape)),
            ("error", dialect.error.map(Self.shape)),
        ]
        let event = dialect.event
        members.append(
            (
                "event",
                Self.object([
                    ("name", event.name), ("data", event.data), ("time", event.time), ("id", event.id),
                    ("position", event.position),
                ])
            ))
        members.append(("token", dialect.token.map(TypeScriptText.string)))
        members.append(
            ("positions", dialect.positions.map { Self.object([("query", $0.query), ("since", $0.since)]) }))
        return ["/** How this contract's frames are told apart. */", "export const dialect: Dialect = {"]
            + members.compactMap { name, value in value.map { "  \(name): \($0)," } } + ["};"]
    }

    private static func command(_ command: DialectOutline.ChannelCommand) -> String {
        Self.object([("name", command.name), ("channel", command.channel), ("channels", command.channels)])
    }

    private static func shape(_ shape: DialectOutline.Shape) -> String {
        let fixed = shape.fixed.map { "\(TypeScriptText.key($0.name)): \(TypeScriptText.string($0.value))" }
        let members = shape.members.map { ", \($0.name): \(TypeScriptText.string($0.value))" }
        return "{ is: { \(fixed.joined(separator: ", ")) }\(members.joined()) }"
    }

    private static func object(_ members: [(String, String?)]) -> String {
        let texts = members.compactMap { name, value in value.map { "\(name): \(TypeScriptText.string($0))" } }
        return "{ \(texts.joined(separator: ", ")) }"
    }
}
