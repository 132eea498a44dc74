// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `to:` of an event: where it goes.
struct RouteCompiler {
    let fields: PayloadFields
    let channels: ChannelCheck
    let faults: FaultCollector

    func routes(_ node: DocumentNode) -> [EventType.Route] {
        node.elements.compactMap { element in
            if case .map = element.value { return self.usersRoute(element) }
            guard let name = self.name(element, "a route") else { return nil }
            self.channels.check(name, at: element.location)
            return .channel(name, location: element.location)
        }
    }

    private func name(_ node: DocumentNode, _ what: String, allowsMember: Bool = false) -> NameTemplate? {
        NameTemplateCompiler(places: .payload(self.fields, allowsMember: allowsMember), faults: self.faults)
            .name(node, what: what)
    }

    /// One channel for each of some users.
    private func usersRoute(_ node: DocumentNode) -> EventType.Route? {
        guard let map = MapReader(node, ContractKeys.route, what: "a route", self.faults) else { return nil }
        let isAboutCompanions = map["companionsOf"] != nil
        if isAboutCompanions && map["membersOf"] != nil {
            self.faults.error(
                "one route is about one of membersOf and companionsOf", at: node.location, hint: "write two routes")
        }
        for key in isAboutCompanions ? ["except"] : ["in"] where map[key] != nil {
            self.faults.error(
                "\"\(key)\" has no meaning for \(isAboutCompanions ? "companionsOf" : "membersOf")",
                at: map.keyLocation(key), hint: isAboutCompanions ? "nobody is his own companion" : nil)
        }
        let source = map.required(isAboutCompanions ? "companionsOf" : "membersOf").flatMap {
            self.name($0, isAboutCompanions ? "\"companionsOf\"" : "\"membersOf\"")
        }
        let target = map.required("as", hint: "write as: \"user:{member}\"").flatMap { value -> NameTemplate? in
            guard let target = self.name(value, "\"as\"", allowsMember: true) else { return nil }
            self.channels.check(target, at: value.location)
            if !target.parts.contains(where: { if case .member = $0 { true } else { false } }) {
                self.faults.error(
                    "\"as\" must have the place {member}", at: value.location, hint: "write as: \"user:{member}\"")
            }
            return target
        }
        if isAboutCompanions {
            let pattern = map.required("in", hint: "the channels that they share, such as in: \"room:{roomId}\"")
                .flatMap { self.channels.declared($0, what: "\"in\"") }
            guard let source, let target, let pattern else { return nil }
            return .companionsOf(source, in: pattern, as: target, location: node.location)
        }
        let except = map["except"].flatMap { self.name($0, "\"except\"") }
        guard let source, let target else { return nil }
        self.channels.check(source, at: map["membersOf"]?.location ?? node.location)
        return .membersOf(source, as: target, except: except, location: node.location)
    }
}
