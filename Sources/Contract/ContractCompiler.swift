// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Makes a platform's definition of a contract's values, and checks what its parts say about each other.
struct ContractCompiler {
    let file: String
    let isProduction: Bool
    let faults: FaultCollector

    /// - Returns: `nil` when a part without which there is no definition is missing; the faults say which.
    func definition(_ root: DocumentNode) -> PlatformDefinition? {
        guard let map = MapReader(root, ContractKeys.contract, what: "a contract", self.faults) else { return nil }
        let name = map.required("contract", hint: "write the platform's name, such as contract: rangkai").flatMap(
            self.name)
        let title = map["title"]?.text("\"title\"", self.faults)
        let listeners =
            map.required("listen", hint: "say where clients connect: listen: [ { port: 3000, websocket: /ws } ]")
            .map(ListenerCompiler(isProduction: self.isProduction, faults: self.faults).listeners) ?? []
        ListenerCheck.check(listeners, self.faults)
        let folder = URL(fileURLWithPath: self.file).deletingLastPathComponent()
        let auth = AuthCompiler(folder: folder, isProduction: self.isProduction, faults: self.faults)
            .rules(map["auth"], root: root)

        let channels =
            map.required("channels").map(ChannelCompiler(faults: self.faults).channels) ?? []
        ChannelCheck.checkOverlaps(channels, self.faults)
        let check = ChannelCheck(patterns: channels.map(\.pattern), faults: self.faults)
        self.checkMemberOf(channels, check)
        let parameters = Array(Set(channels.flatMap(\.pattern.parameters))).sorted()
        let frames = FrameCompiler(channelParameters: parameters, faults: self.faults)

        let library = SchemaLibrary(map["schemas"], self.faults)
        let events = EventCompiler(library: library, channels: check, faults: self.faults).events(map["events"])
        let waits = WaitCompiler(events: events, faults: self.faults).rules()
        library.checkRest()

        let definition = PlatformDefinition(
            name: name ?? "", title: title ?? name ?? "", file: self.file, listeners: listeners, auth: auth,
            frames: frames.frames(map["frames"]),
            heartbeat: frames.heartbeat(map["heartbeat"]),
            commandKey: map["commandKey"]?.nonEmptyText("\"commandKey\"", self.faults) ?? "type",
            commands: CommandCompiler(channelParameters: parameters, faults: self.faults).commands(map["commands"]),
            channels: channels,
            events: Dictionary(events.map { ($0.type.name, $0.type) }) { first, _ in first },
            waits: waits,
            errors: ErrorCompiler(channelParameters: parameters, faults: self.faults).rules(map["errors"]),
            limits: LimitCompiler(faults: self.faults).rules(map["limits"]))
        return definition
    }

    /// The name stands in addresses of the administrative API and names the platform's data folder.
    private func name(_ node: DocumentNode) -> String? {
        guard let name = node.nonEmptyText("\"contract\"", self.faults) else { return nil }
        let bytes = Array(name.utf8)
        let isName =
            bytes.count <= 63 && (0x61...0x7A).contains(bytes[0])
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isName else {
            self.faults.error(
                "\"\(name)\" is no name of a contract", at: node.location,
                hint: "1 to 63 of a-z, 0-9 and -, beginning with a letter")
            return nil
        }
        return name
    }

    private func checkMemberOf(_ channels: [ChannelRules], _ check: ChannelCheck) {
        for rule in channels.flatMap(\.subscribe) {
            if case .memberOf(let template) = rule.kind { check.check(template, at: rule.location) }
        }
    }
}
