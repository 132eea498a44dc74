// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `frames:` and `heartbeat:`, what the server sends by itself.
struct FrameCompiler {
    /// For `{channel.orderId}`.
    let channelParameters: [String]
    /// Of all HTTP requests.
    let pathParameters: [String]
    let faults: FaultCollector

    func frames(_ node: DocumentNode?) -> PlatformDefinition.Frames {
        let map = node.flatMap { MapReader($0, ContractKeys.frames, what: "frames", self.faults) }
        var frames = PlatformDefinition.Frames(
            connected: self.template(map, "connected", roots: [.user, .connection, .now]),
            publication: self.template(
                map, "publication", roots: [.publication, .channel], parameters: [], advice: Self.publicationAdvice)
                ?? Self.standardPublication,
            error: map?["error"]?.isNull == true
                ? nil
                : self.template(map, "error", roots: [.error, .command, .args, .channel, .user, .connection, .now])
                    ?? Self.standardError,
            unsubscribed: self.template(map, "unsubscribed", roots: [.channel, .user, .connection, .now]))
        frames.resume = self.template(map, "resume", roots: [.resume, .user, .connection, .now])
        frames.lost = self.template(map, "lost", roots: [.lost, .user, .connection, .now])
        frames.expired = self.template(map, "expired", roots: [.user, .connection, .now])
        frames.problem =
            self.template(map, "problem", roots: [.error, .user, .path, .query, .body, .now]) ?? Self.standardProblem
        frames.refused = self.refused(map) ?? Self.standardRefusal
        frames.fail = self.template(map, "fail", roots: Self.failRoots) ?? Self.standardProblem
        return frames
    }

    /// What a Socket.IO client is told that may not join: its library reads a `message`, and makes an error of it.
    private func refused(_ map: MapReader?) -> Template? {
        if let node = map?["refused"], !node.isNull {
            guard let entries = node.entries("the frame \"refused\"", self.faults) else { return nil }
            switch entries.first(where: { $0.key == "message" })?.value {
            case nil:
                self.faults.error(
                    "the frame \"refused\" needs a \"message\"", at: node.location,
                    hint: "clients make an error of it: refused: { message: \"{error.message}\", data: … }")
            case let message?: _ = message.nonEmptyText("\"message\"", self.faults)
            }
        }
        return self.template(map, "refused", roots: [.error, .user, .connection, .now])
    }

    /// What the answer to a refused command may name.
    static let failRoots: [TemplateContext.Root] = [.error, .command, .args, .channel, .user, .connection, .now]

    func heartbeat(_ node: DocumentNode?) -> PlatformDefinition.Heartbeat {
        var heartbeat = PlatformDefinition.Heartbeat()
        guard let node, let map = MapReader(node, ContractKeys.heartbeat, what: "heartbeat", self.faults) else {
            return heartbeat
        }
        if let every = map["every"]?.duration("\"every\"", self.faults) {
            if every < 1000 {
                self.faults.error("\"every\" must be at least 1s", at: map["every"]?.location ?? node.location)
            }
            heartbeat.every = every
        }
        if let timeout = map["timeout"]?.duration("\"timeout\"", self.faults) { heartbeat.timeout = timeout }
        if heartbeat.timeout > heartbeat.every {
            self.faults.error(
                "\"timeout\" must not be longer than \"every\"", at: map["timeout"]?.location ?? node.location,
                hint: "the next ping is due before the last one's time is over")
        }
        return heartbeat
    }

    private func template(
        _ map: MapReader?, _ key: String, roots: [TemplateContext.Root], parameters: [String]? = nil,
        advice: [TemplateContext.Root: String] = [:]
    ) -> Template? {
        guard let node = map?[key] else { return nil }
        guard !node.isNull else {
            self.faults.error(
                "the frame \"\(key)\" is empty", at: node.location, hint: "leave the key out for what is usual")
            return nil
        }
        let context = TemplateContext(
            name: "the frame \"\(key)\"", roots: roots, advice: advice,
            channelParameters: parameters ?? self.channelParameters, pathParameters: self.pathParameters)
        return TemplateCompiler(context: context, faults: self.faults).template(node)
    }

    static let publicationAdvice: [TemplateContext.Root: String] = [
        .now: "write {publication.time}",
        .user: "every subscriber gets the same text",
        .connection: "every subscriber gets the same text",
    ]

    private static let standardPublication = Template(
        .object([
            ("event", .value(TemplatePath(.publicationEvent))),
            ("data", .value(TemplatePath(.publicationData([])))),
            ("timestamp", .value(TemplatePath(.publicationTime))),
        ]))

    private static let standardError = Template(
        .object([
            ("type", .json(Array("\"error\"".utf8))),
            ("message", .value(TemplatePath(.errorMessage))),
        ]))

    private static let standardRefusal = Template(
        .object([
            ("message", .value(TemplatePath(.errorMessage))),
            ("data", .object([("code", .value(TemplatePath(.errorCode)))])),
        ]))

    /// Of a refused command, too.
    private static let standardProblem = Template(
        .object([
            (
                "error",
                .object([
                    ("code", .value(TemplatePath(.errorCode))), ("message", .value(TemplatePath(.errorMessage))),
                ])
            )
        ]))
}
