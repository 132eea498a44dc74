// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension SourceLocation {
    static let test = SourceLocation(file: "test.yaml", line: 1, column: 1)
}

extension Template {
    /// An object, each value a constant or a path.
    init(_ members: KeyValuePairs<String, Node>) { self.init(.object(members.map { (key: $0.key, value: $0.value) })) }
}

extension Template.Node {
    static func json(_ constant: String) -> Self { .json(Array(constant.utf8)) }
    static func path(_ source: TemplatePath.Source) -> Self { .value(TemplatePath(source)) }
}

extension PlatformDefinition {
    /// Rooms that whoever is known may hear, over Socket.IO; `/admin` is for a role that the tests' users do not have.
    static func rooms(_ change: (inout PlatformDefinition) -> Void = { _ in }) -> PlatformDefinition {
        var definition = PlatformDefinition(
            name: "rooms", title: "Rooms", file: "rooms.yaml", listeners: [Self.listener], auth: AuthRules(),
            frames: Frames(
                connected: nil, publication: Template(["event": .path(.publicationEvent)]),
                error: Template(["code": .path(.errorCode), "action": .path(.commandName)]), unsubscribed: nil),
            commands: ["subscribe": Self.subscribe, "ping": Command(.reply(Template([:])), location: .test)],
            channels: [
                ChannelRules(
                    pattern: ChannelPattern(parts: [.literal("room:"), .parameter("roomId")]),
                    subscribe: [SubscribeRule(.everyone, location: .test)], acceptsUndeclaredEvents: true,
                    location: .test),
                ChannelRules(
                    pattern: ChannelPattern(parts: [.literal("closed:"), .parameter("roomId")]),
                    subscribe: [SubscribeRule(.role("admin"), location: .test)], location: .test),
            ],
            events: [:])
        change(&definition)
        return definition
    }

    private static let listener = ListenerRules(
        host: nil, port: 0, path: "/socket.io",
        endpoint: .socketIO([
            NamespaceRules(pattern: ChannelPattern(parts: [.literal("/")]), location: .test),
            NamespaceRules(
                pattern: ChannelPattern(parts: [.literal("/admin")]),
                require: [SubscribeRule(.role("admin"), location: .test)], location: .test),
        ]), origins: [], location: .test)

    private static let subscribe: Command = {
        let channel = TextTemplate(parts: [.value(TemplatePath(.args(["channel"]), missing: .drop))])
        var command = Command(.subscribe(channels: [.text(channel)], each: Template([:])), location: .test)
        command.socketIO.ack = Template(["channels": .path(.result(["channels"]))])
        command.socketIO.emits = [
            (event: "subscribed", data: Template(["channel": .path(.args(["channel"]))])),
            (event: "greeted", data: Template(["user": .path(.userID)])),
        ]
        return command
    }()
}
