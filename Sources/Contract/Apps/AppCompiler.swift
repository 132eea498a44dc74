// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Realtime

/// Reads `apps:`, and the manifest that it names.
struct AppCompiler {
    let folder: URL
    let variables: VariableResolver
    let faults: FaultCollector

    /// - Parameter definition: the rest of the contract.
    func rules(_ node: DocumentNode?, _ definition: PlatformDefinition) -> AppRules? {
        guard let node, let map = MapReader(node, ContractKeys.apps, what: "apps", self.faults) else { return nil }
        let permissions = map["permissions"].map(self.permissions) ?? App.Permission.allCases.map(\.rawValue)
        let channelNode = map.required("channel", hint: "the rooms of apps, such as channel: \"room:{roomId}\"")
        let channel = channelNode.flatMap { self.channel($0, definition.channels) }
        let manifest = map["manifest"].map { self.manifest($0, permissions, definition) } ?? []
        let calls = AppCallCompiler(faults: self.faults).rules(map["calls"])
        guard let channel else { return nil }
        var rules = AppRules(channel: channel, permissions: permissions, manifest: manifest, location: node.location)
        rules.calls = calls
        return rules
    }

    private func permissions(_ node: DocumentNode) -> [String] {
        node.elements.compactMap { $0.nonEmptyText("a permission", self.faults) }
    }

    private func channel(_ node: DocumentNode, _ channels: [ChannelRules]) -> ChannelPattern? {
        guard let text = node.nonEmptyText("\"channel\"", self.faults) else { return nil }
        let names = channels.filter { $0.pattern.parameters.count == 1 }.map(\.pattern.description)
        guard let rules = channels.first(where: { $0.pattern.description == text }) else {
            self.faults.error(
                "there is no channel \"\(text)\" under \"channels\"", at: node.location,
                hint: Spelling.hint(for: text, among: names))
            return nil
        }
        guard rules.pattern.parameters.count == 1 else {
            self.faults.error(
                "a channel of apps has one parameter, whose values are their rooms", at: node.location,
                hint: names.isEmpty ? nil : "known here: \(names.joined(separator: ", "))")
            return nil
        }
        if !rules.acceptsUndeclaredEvents {
            self.faults.error(
                "no app can publish here: \(text) takes no events that the contract does not declare",
                at: node.location,
                hint: "write publish: any, or publish: \"{app}:{event}\", under channels: \"\(text)\"")
        }
        return rules.pattern
    }

    private func manifest(
        _ node: DocumentNode, _ permissions: [String], _ definition: PlatformDefinition
    ) -> [App] {
        if node.isEmptyVariable { return [] }
        guard let path = node.nonEmptyText("\"manifest\"", self.faults) else { return [] }
        let file = URL(fileURLWithPath: path, relativeTo: self.folder).path
        do throws(ContractFault) {
            let text = try ContractLoader.text(of: file)
            var reader = DocumentReader(file: file, variables: self.variables, faults: self.faults)
            guard let root = reader.read(text) else { return [] }
            return AppManifest(
                permissions: permissions, isProduction: self.variables.isProduction, definition: definition,
                faults: self.faults
            ).apps(root)
        } catch {
            self.faults.error(
                "the manifest of apps \(file): \(error.message)", at: node.location,
                hint: "write a file with apps: { app_quiz_v1: { key: ${QUIZ_KEY}, permissions: [ realtime:publish ] } }"
            )
            return []
        }
    }
}
