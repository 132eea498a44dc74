// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Commands, frames and HTTP requests.
extension OutlineReader {
    func command(_ member: JSONNode.Member) -> CommandOutline {
        let node = member.value
        return CommandOutline(
            name: member.name, does: node["does"]?.scalarText ?? "", isForApps: node["as"]?.scalarText == "app",
            schema: node["args"]?.jsonText,
            channels: node["channels"].map { self.list($0).compactMap(\.scalarText) } ?? [],
            event: node["event"]?.scalarText, reply: node["reply"]?.jsonText, each: node["each"]?.jsonText,
            ack: node["ack"]?.jsonText, fail: node["fail"]?.jsonText, emits: Self.emissions(node["emit"]),
            emitsWithoutAck: Self.emissions(node["emitWithoutAck"]), rule: node.jsonText,
            location: self.location("commands", member.name))
    }

    static func emissions(_ node: JSONNode?) -> [CommandOutline.Emission] {
        node?.members.map { CommandOutline.Emission(event: $0.name, template: $0.value.jsonText) } ?? []
    }

    /// What the server sends where the contract writes nothing.
    private static let standardFrames = [
        (
            "publication",
            #"{"event":"{publication.event}","data":"{publication.data}","timestamp":"{publication.time}"}"#
        ),
        ("error", #"{"type":"error","message":"{error.message}"}"#),
        ("problem", #"{"error":{"code":"{error.code}","message":"{error.message}"}}"#),
    ]
    private static let standardSocketIOFrames = [
        ("refused", #"{"message":"{error.message}","data":{"code":"{error.code}"}}"#),
        ("fail", #"{"error":{"code":"{error.code}","message":"{error.message}"}}"#),
    ]

    func frames() -> [FrameOutline] {
        var frames: [FrameOutline] = []
        let written = self.members("frames")
        for member in written where !member.value.isNull {
            frames.append(
                FrameOutline(
                    name: member.name, template: member.value.jsonText, isDefault: false,
                    location: self.location("frames", member.name)))
        }
        let hasSocketIO = self.definition.listeners.contains(where: \.isSocketIO)
        for (name, template) in Self.standardFrames + (hasSocketIO ? Self.standardSocketIOFrames : [])
        where !written.contains(where: { $0.name == name }) {
            frames.append(
                FrameOutline(name: name, template: template, isDefault: true, location: self.location("frames")))
        }
        if let template = self.root?["recovery"]?["publication"] {
            frames.append(
                FrameOutline(
                    name: "recovery", template: template.jsonText, isDefault: false,
                    location: self.location("recovery", "publication")))
        }
        return frames
    }

    func route(_ member: JSONNode.Member) -> RouteOutline {
        let node = member.value
        let parts = member.name.split(separator: " ", maxSplits: 1).map(String.init)
        let does = node["does"]?.scalarText ?? ""
        let sender = node["as"]?.scalarText ?? ""
        return RouteOutline(
            method: parts.first ?? "", path: parts.count > 1 ? parts[1] : "", sender: sender, does: does,
            body: node["body"]?.jsonText, status: node["status"]?.int ?? 200, reply: node["reply"]?.jsonText,
            item: node["item"]?.jsonText, queries: Self.queries(of: node), event: node["event"]?.scalarText,
            errors: Self.errors(sender: sender, does: does, hasBody: node["body"] != nil),
            location: self.location("http", member.name))
    }

    /// The names behind `query.` in all places, each once.
    private static func queries(of node: JSONNode) -> [String] {
        var names: [String] = []
        for (_, text) in node.texts() {
            for case .parameter(let place) in PlaceScanner.parts(of: text) where place.hasPrefix("query.") {
                let name = String(place.dropFirst(6).prefix { !"?|[".contains($0) })
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// The codes that a request may be refused with.
    private static func errors(sender: String, does: String, hasBody: Bool) -> [String] {
        var codes: [String] = []
        if sender != "anyone" { codes += ["unauthenticated", "invalidCredentials"] }
        if hasBody || ["publish", "refreshToken", "markRead"].contains(does) {
            codes += ["invalidRequest", "invalidPayload"]
        }
        switch does {
        case "publish": codes += ["unknownEvent", "invalidChannel", "conflict", "storageUnavailable"]
        case "history", "record": codes += ["invalidChannel", "forbidden", "notFound", "invalidQuery"]
        case "presence": codes += ["invalidChannel", "forbidden"]
        case "inbox": codes += ["invalidQuery", "storageUnavailable"]
        case "markRead": codes += ["forbidden", "storageUnavailable"]
        case "refreshToken": codes += sender == "anyone" ? ["invalidCredentials", "unavailable"] : ["unavailable"]
        case "appEvents": codes += ["unknownApp"]
        default: break
        }
        if sender == "app" { codes += ["appForbidden", "appPrefix", "notFound", "rateLimited"] }
        return codes + ["shuttingDown", "internalError"]
    }
}
