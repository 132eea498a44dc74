// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// The constant `dialect` of a contract.
struct SwiftDialect {
    let outline: ContractOutline
    let access: String

    /// Namespaces for clients, each once.
    static func namespaces(_ outline: ContractOutline) -> [NamespaceOutline] {
        var seen: Set<String> = []
        return outline.endpoints.flatMap(\.namespaces).filter { !$0.isForApps && seen.insert($0.name).inserted }
    }

    func lines() -> [String] {
        guard let dialect = self.outline.dialect else { return self.socketIO() }
        var arguments: [(String, String?)] = [
            ("command", SwiftText.string(dialect.command)),
            ("subscribe", dialect.subscribe.map { Self.command($0) }),
            ("unsubscribe", dialect.unsubscribe.map { Self.command($0) }),
            ("ping", dialect.ping.map(SwiftText.string)),
            ("data", dialect.data.map(SwiftText.string)),
            ("welcome", dialect.welcome.map { "Shape\(Self.shape($0))" }),
            ("subscribed", dialect.subscribed.map { "Subscribed\(Self.shape($0))" }),
            ("unsubscribed", dialect.unsubscribed.map { "Unsubscribed\(Self.shape($0))" }),
            ("pong", dialect.pong.map { "Shape\(Self.shape($0))" }),
            ("error", dialect.error.map { "Refused\(Self.shape($0))" }),
        ]
        let event = dialect.event
        let members = Self.list([
            ("name", event.name), ("data", event.data), ("time", event.time), ("id", event.id),
            ("position", event.position),
        ])
        arguments.append(("event", "Event(\(members))"))
        arguments.append(("token", dialect.token.map(SwiftText.string)))
        arguments.append(
            (
                "positions",
                dialect.positions.map { "Positions(\(Self.list([("query", $0.query), ("since", $0.since)])))" }
            ))
        let given = arguments.compactMap { name, value in value.map { "\(name): \(Self.qualified($0))" } }
        var lines = [
            "    /// How this contract's frames are told apart.", "    \(self.access)static let dialect = Dialect(",
        ]
        for (index, argument) in given.enumerated() {
            let line = "        \(argument)\(index + 1 < given.count ? "," : "")"
            if line.count > SwiftText.width, let open = line.firstIndex(of: "(") {
                lines += [String(line[...open]), "            \(line[open...].dropFirst())"]
            } else {
                lines.append(line)
            }
        }
        lines.append("    )")
        return self.outline.endpoints.contains(where: \.isSocketIO) ? lines + [""] + self.namespaceFunction() : lines
    }

    private static func qualified(_ text: String) -> String {
        text.first.map { $0.isUppercase } == true ? "Dialect.\(text)" : text
    }

    private static func command(_ command: DialectOutline.ChannelCommand) -> String {
        "ChannelCommand(\(Self.list([("name", command.name), ("channel", command.channel), ("channels", command.channels)])))"
    }

    private static func shape(_ shape: DialectOutline.Shape) -> String {
        let fixed = shape.fixed.map { "\(SwiftText.string($0.name)): \(SwiftText.string($0.value))" }
        let members = shape.members.map { ", \($0.name): \(SwiftText.string($0.value))" }
        return "(is: [\(fixed.joined(separator: ", "))]\(members.joined()))"
    }

    private static func list(_ members: [(String, String?)]) -> String {
        members.compactMap { name, value in value.map { "\(name): \(SwiftText.string($0))" } }.joined(separator: ", ")
    }

    // MARK: Socket.IO

    private func socketIO() -> [String] {
        [
            "    /// How this contract is spoken in the namespace `/`.",
            "    \(self.access)static let dialect = Self.dialect(namespace: \"/\")", "",
        ] + self.namespaceFunction()
    }

    private func namespaceFunction() -> [String] {
        let subscribe = self.channelCommand(doing: "subscribe")
        let unsubscribe = self.channelCommand(doing: "unsubscribe")
        let auth = self.outline.handshakeToken.map(SwiftText.string) ?? "nil"
        var arguments = ["namespace: namespace"]
        if let subscribe { arguments.append("subscribe: \(subscribe)") }
        if let unsubscribe { arguments.append("unsubscribe: \(unsubscribe)") }
        arguments.append("auth: \(auth)")
        return [
            "    /// How this contract is spoken in a namespace of Socket.IO.",
            "    \(self.access)static func dialect(namespace: String) -> Dialect {",
            "        Dialect.socketIO(",
        ] + arguments.enumerated().map { "            \($1)\($0 + 1 < arguments.count ? "," : "")" }
            + ["        )", "    }"]
    }

    /// The first command of its kind that names channels by one member.
    private func channelCommand(doing operation: String) -> String? {
        for command in self.outline.commands where command.does == operation && !command.isForApps {
            for text in command.channels {
                guard let (prefix, member, suffix) = Self.parts(text) else { continue }
                let isList = member.hasSuffix("[]")
                var arguments = [("name", command.name)]
                arguments.append((isList ? "channels" : "channel", isList ? String(member.dropLast(2)) : member))
                if !prefix.isEmpty { arguments.append(("prefix", prefix)) }
                if !suffix.isEmpty { arguments.append(("suffix", suffix)) }
                return "Dialect.ChannelCommand(\(Self.list(arguments.map { ($0.0, $0.1) })))"
            }
        }
        return nil
    }

    /// `room:{args.roomId}` as `room:`, `roomId` and nothing.
    private static func parts(_ text: String) -> (prefix: String, member: String, suffix: String)? {
        var prefix = ""
        var suffix = ""
        var member: String?
        for part in PlaceScanner.parts(of: text) {
            switch part {
            case .literal(let literal) where member == nil: prefix += literal
            case .literal(let literal): suffix += literal
            case .parameter(let place):
                guard member == nil, place.hasPrefix("args.") else { return nil }
                member = String(place.dropFirst(5).prefix { $0 != "?" && $0 != "|" })
            }
        }
        guard let member, !member.contains(".") else { return nil }
        return (prefix, member, suffix)
    }
}
