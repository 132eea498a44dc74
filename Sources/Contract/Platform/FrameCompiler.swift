// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `frames:` and `heartbeat:`, what the server sends by itself.
struct FrameCompiler {
    /// For `{channel.orderId}`.
    let channelParameters: [String]
    let faults: FaultCollector

    func frames(_ node: DocumentNode?) -> PlatformDefinition.Frames {
        let map = node.flatMap { MapReader($0, ContractKeys.frames, what: "frames", self.faults) }
        return PlatformDefinition.Frames(
            connected: self.template(map, "connected", roots: [.user, .connection, .now]),
            publication: self.template(
                map, "publication", roots: [.publication, .channel], parameters: [],
                advice: [
                    .now: "write {publication.time}",
                    .user: "every subscriber gets the same text",
                    .connection: "every subscriber gets the same text",
                ]) ?? Self.standardPublication,
            error: self.template(map, "error", roots: [.error, .args, .channel, .user, .connection, .now])
                ?? Self.standardError,
            unsubscribed: self.template(map, "unsubscribed", roots: [.channel, .user, .connection, .now]))
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
            channelParameters: parameters ?? self.channelParameters)
        return TemplateCompiler(context: context, faults: self.faults).template(node)
    }

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
}
