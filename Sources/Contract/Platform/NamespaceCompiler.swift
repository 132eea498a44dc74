// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads the `namespaces:` of a Socket.IO listener.
struct NamespaceCompiler {
    let channels: ChannelCheck
    /// The platform has apps.
    let hasApps: Bool
    let faults: FaultCollector

    /// In the order of the file.
    func namespaces(_ node: DocumentNode) -> [NamespaceRules] {
        guard let entries = node.entries("\"namespaces\"", self.faults) else { return [] }
        if entries.isEmpty {
            self.faults.error(
                "\"namespaces\" must have at least one namespace", at: node.location,
                hint: "leave it out for { \"/\": {} }")
        }
        let namespaces = entries.compactMap(self.namespace)
        for (index, namespace) in namespaces.enumerated() {
            guard let earlier = namespaces[..<index].first(where: { $0.pattern.overlaps(namespace.pattern) }) else {
                continue
            }
            self.faults.error(
                "\"\(namespace.pattern)\" and \"\(earlier.pattern)\" in line \(earlier.location.line) match the same names",
                at: namespace.location, hint: "begin them with different texts")
        }
        return namespaces
    }

    private func namespace(_ entry: DocumentNode.Entry) -> NamespaceRules? {
        let pattern = self.pattern(entry)
        guard let map = MapReader(entry.value, ContractKeys.namespace, what: "a namespace", self.faults) else {
            return nil
        }
        let parameters = pattern?.parameters ?? []
        let rights = RightCompiler(key: "require", parameters: parameters, faults: self.faults)
        let require = map["require"].map(rights.rules) ?? []
        let context = TemplateContext(
            name: "\"joins\"", roots: [.path, .user, .connection], pathParameters: parameters)
        let joins = map["joins"]?.elements.compactMap { self.join($0, context) } ?? []
        let isForApps = self.isForApps(map)
        guard let pattern else { return nil }
        var rules = NamespaceRules(pattern: pattern, require: require, joins: joins, location: entry.keyLocation)
        rules.isForApps = isForApps
        return rules
    }

    private func isForApps(_ map: MapReader) -> Bool {
        guard let node = map["apps"], node.bool("\"apps\"", self.faults) == true else { return false }
        if !self.hasApps {
            self.faults.error(
                "no app can connect: the contract has no \"apps\"", at: map.keyLocation("apps"),
                hint: "write apps: { channel: \"room:{roomId}\" }")
        }
        for key in ["require", "joins"] where map[key] != nil {
            self.faults.error("\"\(key)\" has no meaning for a namespace of apps", at: map.keyLocation(key))
        }
        return true
    }

    private func pattern(_ entry: DocumentNode.Entry) -> ChannelPattern? {
        // A comma ends the name in a packet, and a question mark begins a query there.
        guard entry.key.hasPrefix("/"), !entry.key.contains(where: { ",?".contains($0) }) else {
            self.faults.error(
                "\"\(entry.key)\" is no namespace", at: entry.keyLocation,
                hint:
                    "a namespace begins with / and has no comma and no question mark, such as \"/admin\" or \"/rooms/{roomId}\""
            )
            return nil
        }
        return PatternCompiler(what: "a namespace", reserved: nil, faults: self.faults)
            .pattern(entry.key, at: entry.keyLocation)
    }

    private func join(_ node: DocumentNode, _ context: TemplateContext) -> Operation.ChannelSource? {
        let compiler = TemplateCompiler(context: context, faults: self.faults)
        guard !node.isEmptyVariable, let source = compiler.channelSource(node, what: "a join") else { return nil }
        self.channels.check(node, source)
        return source
    }
}
