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
                : self.template(map, "error", roots: [.error, .args, .channel, .user, .connection, .now])
                    ?? Self.standardError,
            unsubscribed: self.template(map, "unsubscribed", roots: [.channel, .user, .connection, .now]))
        frames.resume = self.template(map, "resume", roots: [.resume, .user, .connection, .now])
        frames.lost = self.template(map, "lost", roots: [.lost, .user, .connection, .now])
        frames.problem =
            self.template(map, "problem", roots: [.error, .user, .path, .query, .body, .now]) ?? Self.standardProblem
        return frames
    }

    func recovery(_ node: DocumentNode?) -> PlatformDefinition.Recovery? {
        guard let node, let map = MapReader(node, ContractKeys.recovery, what: "recovery", self.faults) else {
            return nil
        }
        let query = map.required("ask", hint: "where a connection asks for positions, such as ask: query.ids").flatMap(
            self.query)
        guard
            let publication = map.required(
                "publication", hint: "the frame of such connections, with {publication.position?} in it")
        else { return nil }
        let context = TemplateContext(
            name: "the frame of \"recovery\"", roots: [.publication, .channel], advice: Self.publicationAdvice,
            knowsPosition: true)
        let template = TemplateCompiler(context: context, faults: self.faults).template(publication)
        return query.map { PlatformDefinition.Recovery(query: $0, publication: template) }
    }

    private func query(_ node: DocumentNode) -> String? {
        guard let text = node.nonEmptyText("\"ask\"", self.faults) else { return nil }
        let name = text.dropFirst("query.".count)
        guard text.hasPrefix("query."), !name.isEmpty,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"&=?#%+".utf8.contains($0) })
        else {
            self.faults.error(
                "\"\(text)\" is no query parameter", at: node.location, hint: "write query.NAME, such as query.ids")
            return nil
        }
        return String(name)
    }

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

    private static let publicationAdvice: [TemplateContext.Root: String] = [
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
