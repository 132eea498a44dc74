// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Makes a platform's definition of a contract's values, and checks what its parts say about each other.
struct ContractCompiler {
    let file: String
    let variables: VariableResolver
    let faults: FaultCollector
    private var isProduction: Bool { self.variables.isProduction }

    /// - Returns: `nil` when a part without which there is no definition is missing; the faults say which.
    func definition(_ root: DocumentNode) -> PlatformDefinition? {
        guard self.isContract(root), let map = MapReader(root, ContractKeys.contract, what: "a contract", self.faults)
        else { return nil }
        let name = map.required("contract", hint: "write the platform's name, such as contract: rangkai").flatMap(
            self.name)
        let title = map["title"]?.text("\"title\"", self.faults)
        let kinds = ListenerKinds(map["listen"])
        let folder = URL(fileURLWithPath: self.file).deletingLastPathComponent()
        let auth = AuthCompiler(
            folder: folder, isProduction: self.isProduction, listeners: kinds, faults: self.faults
        ).rules(map["auth"], root: root)

        var channels =
            map.required("channels").map(
                ChannelCompiler(
                    faults: self.faults,
                    asking: AskCompiler(
                        isProduction: self.isProduction, webhooks: map["webhooks"], faults: self.faults)
                ).channels) ?? []
        ChannelCheck.checkOverlaps(channels, self.faults)
        let check = ChannelCheck(patterns: channels.map(\.pattern), faults: self.faults)
        self.checkMemberOf(channels, check)
        let listeners =
            map.required("listen", hint: "say where clients connect: listen: [ { port: 3000, websocket: /ws } ]")
            .map(
                ListenerCompiler(
                    folder: folder, isProduction: self.isProduction, channels: check, hasApps: map["apps"] != nil,
                    faults: self.faults
                ).listeners) ?? []
        ListenerCheck.check(listeners, self.faults)
        let parameters = channels.parameters
        let routes = BindingCompiler.routes(map["http"], self.faults)
        let pathParameters = Set(routes.flatMap(\.parameters)).sorted()
        let frameCompiler = FrameCompiler(
            channelParameters: parameters, pathParameters: pathParameters, faults: self.faults)
        let frames = frameCompiler.frames(map["frames"])

        let library = SchemaLibrary(map["schemas"], self.faults)
        let markup = map["markup"].flatMap { Markup($0, self.faults) } ?? .keep
        var events = EventCompiler(
            library: library, channels: check, audiences: channels, markup: markup, faults: self.faults
        ).events(map["events"])
        DerivedCompiler(check: check, channels: channels, faults: self.faults).addDerived(to: &events)
        ChannelPresenceCompiler(events: events, faults: self.faults).addPresence(map["channels"], to: &channels)
        if kinds.hasSocketIO { ReservedEvents.check(map["events"], self.faults) }
        let waits = WaitCompiler(events: events, faults: self.faults).rules()
        let operations = OperationCompiler(
            events: events.map(\.type), channels: channels, check: check, publication: frames.publication,
            auth: auth, hasApps: map["apps"] != nil, faults: self.faults)
        let commandKey = map["commandKey"]?.nonEmptyText("\"commandKey\"", self.faults) ?? "type"
        let commands = CommandCompiler(
            operations: operations, library: library, commandKey: commandKey, firstMessage: auth.firstMessage,
            listeners: kinds, faults: self.faults
        ).commands(map["commands"])
        let bindings = BindingCompiler(
            operations: operations, library: library, listeners: listeners, auth: auth, faults: self.faults
        ).bindings(routes)
        library.checkRest()
        ConflationCheck(events: events, faults: self.faults).check(channels)

        var definition = PlatformDefinition(
            name: name ?? "", title: title ?? name ?? "", file: self.file, listeners: listeners, auth: auth,
            frames: frames, heartbeat: frameCompiler.heartbeat(map["heartbeat"]), commandKey: commandKey,
            commands: commands.byName, channels: channels,
            events: Dictionary(events.map { ($0.type.name, $0.type) }) { first, _ in first },
            waits: waits,
            errors: ErrorCompiler(
                channelParameters: parameters, pathParameters: pathParameters, faults: self.faults
            ).rules(map["errors"]),
            limits: LimitCompiler(faults: self.faults).rules(map["limits"]))
        definition.joins = JoinCompiler(channels: check, faults: self.faults).joins(map["connect"])
        definition.presence = PresenceCompiler(events: events, faults: self.faults).presence(map["presence"])
        RecoveryCompiler(listeners: kinds, faults: self.faults).read(map["recovery"], into: &definition)
        definition.bindings = bindings
        definition.webhooks = WebhookCompiler(
            isProduction: self.variables.isProduction, channels: check, faults: self.faults
        ).webhooks(
            map["webhooks"],
            hasPresence: definition.presence != nil || channels.contains { $0.presence != nil })
        definition.callCommand = commands.call
        definition.appCommands = commands.ofApps
        definition.publishedFields = commands.publishedFields
        definition.log = LogCompiler(faults: self.faults).log(map["log"])
        definition.alerts = AlertCompiler(isProduction: self.isProduction, faults: self.faults).alerts(map["alerts"])
        definition.markup = markup
        definition.monitor = MonitorCompiler(events: events, faults: self.faults).rules(map["monitor"])
        definition.apps = AppCompiler(folder: folder, variables: self.variables, faults: self.faults)
            .rules(map["apps"], definition)
        self.checkRules(definition, map)
        return definition
    }

    /// Some other YAML file is one fault, not one for each of its keys.
    private func isContract(_ root: DocumentNode) -> Bool {
        guard case .map(let entries) = root.value, root["contract"] == nil else { return true }
        let known = ContractKeys.contract.keys + ContractKeys.contract.unavailable
        if root["scenario"] != nil {
            self.faults.error(
                "this is a scenario, and no contract", at: root.location,
                hint: "give it to serve --mock as --scenario FILE")
            return false
        }
        let knownCount = entries.count { known.contains($0.key) }
        guard knownCount < 2, knownCount < entries.count else { return true }
        self.faults.error(
            "this is no contract", at: root.location,
            hint: "a contract begins with its name, such as contract: rangkai; see docs/contract-reference.md")
        return false
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

    /// A frame and the rule that makes it sent need each other.
    private func checkRules(_ definition: PlatformDefinition, _ map: MapReader) {
        if definition.auth.resume != nil, definition.frames.resume == nil, let auth = map["auth"]?["resume"] {
            self.faults.error(
                "clients are never told their token to resume with", at: auth.location,
                hint: "write frames: { resume: { type: resume, token: \"{resume.token}\" } }")
        }
        if map["auth"]?["resume"] == nil, let frame = map["frames"]?["resume"] {
            self.faults.error(
                "the frame \"resume\" is never sent", at: frame.location,
                hint: "write auth: { resume: { query: resume, for: 5m } }")
        }
        if map["auth"]?["expiry"] == nil, let frame = map["frames"]?["expired"] {
            self.faults.error(
                "the frame \"expired\" is never sent", at: frame.location,
                hint: "write auth: { expiry: { grace: 5s } }")
        }
        for rules in definition.listeners {
            guard case .socketIO(let namespaces) = rules.endpoint else { continue }
            for namespace in namespaces {
                let asked = definition.channels.first { channel in
                    channel.ask != nil && namespace.joins.contains { $0.pattern?.overlaps(channel.pattern) == true }
                }
                guard let asked else { continue }
                self.faults.error(
                    "who joins a namespace cannot wait until the backend was asked about \"\(asked.pattern)\"",
                    at: namespace.location,
                    hint: "let clients subscribe to it themselves, or give the right without ask")
            }
        }
        if definition.recovery != nil, definition.channels.allSatisfy({ !$0.isRecoverable }), let node = map["recovery"]
        {
            self.faults.warning(
                "no channel has anything to recover", at: node.location, hint: "write recover: true and a history there"
            )
        }
    }

    private func checkMemberOf(_ channels: [ChannelRules], _ check: ChannelCheck) {
        for rule in channels.flatMap({ $0.subscribe + $0.clientPublish }) {
            if case .memberOf(let template) = rule.kind { check.check(template, at: rule.location) }
        }
    }
}
