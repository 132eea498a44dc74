// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `members:` and `removeMembers:` of an event: what it says about who belongs to a channel.
struct MemberCompiler {
    let fields: PayloadFields
    let channels: ChannelCheck
    let faults: FaultCollector

    func effects(_ node: DocumentNode?, isRemoval: Bool) -> [EventType.MemberEffect] {
        let key = isRemoval ? "\"removeMembers\"" : "\"members\""
        return (node?.entries(key, self.faults) ?? []).compactMap { entry in
            let channel = self.compiler.name(entry.key, at: entry.keyLocation)
            if let channel { self.channels.check(channel, at: entry.keyLocation) }
            let change = self.change(entry.value, key, isRemoval: isRemoval)
            guard let channel, let change else { return nil }
            return EventType.MemberEffect(channel: channel, change: change)
        }
    }

    private var compiler: NameTemplateCompiler {
        NameTemplateCompiler(places: .payload(self.fields, allowsMember: false), faults: self.faults)
    }

    private func change(_ node: DocumentNode, _ key: String, isRemoval: Bool) -> EventType.MemberEffect.Change? {
        if case .map = node.value {
            guard !isRemoval else {
                self.faults.error(
                    "\(key) takes users, not a map", at: node.location, hint: "write a list such as [ \"{userId}\" ]")
                return nil
            }
            guard let map = MapReader(node, ContractKeys.members, what: key, self.faults),
                let source = map.required("membersOf"), let name = self.compiler.name(source, what: "\"membersOf\"")
            else { return nil }
            self.channels.check(name, at: source.location)
            return .link(name)
        }
        if case .list(let elements) = node.value, elements.isEmpty {
            self.faults.error("\(key) names no users", at: node.location)
        }
        let users = node.elements.compactMap { self.compiler.name($0, what: "a user") }
        return isRemoval ? .remove(users) : .add(users)
    }
}
