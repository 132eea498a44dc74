// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension PlatformDefinition {
    /// Rooms with one app, `app_quiz_v1`, whose key is `quiz key`; `/apps` is where it connects, `/more` one more namespace.
    static func quiz(
        _ app: App = .quiz, _ change: @escaping (inout PlatformDefinition) -> Void = { _ in }
    ) -> PlatformDefinition {
        .rooms { definition in
            definition.frames.fail = Template(["code": .path(.errorCode), "reason": .path(.errorReason)])
            definition.apps = AppRules(
                channel: ChannelPattern(parts: [.literal("room:"), .parameter("roomId")]), manifest: [app],
                location: .test)
            var apps = NamespaceRules(pattern: ChannelPattern(parts: [.literal("/apps")]), location: .test)
            apps.isForApps = true
            let more = NamespaceRules(pattern: ChannelPattern(parts: [.literal("/more")]), location: .test)
            if case .socketIO(let namespaces) = definition.listeners[0].endpoint {
                definition.listeners[0].endpoint = .socketIO(namespaces + [apps, more])
            }
            var command = Command(.call(Self.call), location: .test)
            command.socketIO.ack = Template(.value(TemplatePath(.result([]))))
            definition.callCommand = command
            definition.publishedFields = ["questionId"]
            var publish = Operation.Publish(
                event: TextTemplate(parts: [.value(TemplatePath(.args(["event"])))]),
                data: Template(.value(TemplatePath(.args(["data"])))))
            publish.channels = [.text(Self.room)]
            var publishing = Command(.publish(publish), location: .test)
            publishing.socketIO.ack = Template(["channels": .path(.result(["channels"]))])
            definition.appCommands = ["app:publish": publishing]
            change(&definition)
        }
    }

    private static let room = TextTemplate(parts: [
        .literal("room:"), .value(TemplatePath(.args(["roomId"]), missing: .drop)),
    ])

    private static let call: Operation.Call = {
        var call = Operation.Call()
        call.channel = [
            .published(
                field: "questionId",
                value: TextTemplate(parts: [.value(TemplatePath(.args(["questionId"]), missing: .drop))])),
            .text(Self.room),
            .only(ChannelPattern(parts: [.literal("room:"), .parameter("roomId")])),
        ]
        call.facts = [
            ("room", TextTemplate(parts: [.literal("room:"), .value(TemplatePath(.channelParameter("roomId")))]))
        ]
        return call
    }()
}

extension App {
    static let quiz = App(
        id: "app_quiz_v1", keyHash: SecretText.key(of: "quiz key"),
        permissions: ["realtime:publish", "realtime:call"], origin: .manifest)
}
