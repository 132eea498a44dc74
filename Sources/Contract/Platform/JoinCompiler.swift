// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `connect:`, the subscriptions that the server makes for each connection.
struct JoinCompiler {
    let channels: ChannelCheck
    let faults: FaultCollector

    func joins(_ node: DocumentNode?) -> [PlatformDefinition.Join] {
        guard let node, let map = MapReader(node, ContractKeys.connect, what: "connect", self.faults),
            let joins = map["joins"]
        else { return [] }
        return joins.elements.compactMap(self.join)
    }

    private func join(_ node: DocumentNode) -> PlatformDefinition.Join? {
        if case .map = node.value {
            guard let map = MapReader(node, ContractKeys.join, what: "a join", self.faults) else { return nil }
            if let channel = map["channel"] { return self.channel(channel, map) }
            guard let value = map.required("memberOf", hint: "write memberOf: \"order:{orderId}\", as under channels")
            else { return nil }
            return self.channels.declared(value, what: "\"memberOf\"").map { .memberOf($0, location: node.location) }
        }
        return self.source(node).map { .channels($0, endsWithSubscribe: false, location: node.location) }
    }

    private func channel(_ node: DocumentNode, _ map: MapReader) -> PlatformDefinition.Join? {
        if map["memberOf"] != nil {
            self.faults.error("a join has \"channel\" or \"memberOf\", not both", at: map.keyLocation("memberOf"))
        }
        let until = map["until"]?.word("\"until\"", among: ["subscribe"], self.faults)
        return self.source(node).map {
            .channels($0, endsWithSubscribe: until != nil, location: node.location)
        }
    }

    private func source(_ node: DocumentNode) -> Operation.ChannelSource? {
        let context = TemplateContext(name: "\"joins\"", roots: [.user, .connection])
        let compiler = TemplateCompiler(context: context, faults: self.faults)
        guard !node.isEmptyVariable else { return nil }
        if case .text("") = node.value {
            self.faults.error("a join must not be empty", at: node.location)
            return nil
        }
        guard let source = compiler.channelSource(node, what: "a join") else { return nil }
        self.channels.check(node, source)
        return source
    }
}
