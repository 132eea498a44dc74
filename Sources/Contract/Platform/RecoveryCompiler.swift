// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `recovery:`, how clients that return miss nothing: plain ones ask for positions, Socket.IO ones are known again.
struct RecoveryCompiler {
    let listeners: ListenerKinds
    let faults: FaultCollector

    func read(_ node: DocumentNode?, into definition: inout PlatformDefinition) {
        guard let node, let map = MapReader(node, ContractKeys.recovery, what: "recovery", self.faults) else { return }
        definition.recovery = self.positions(map)
        definition.returning = self.returning(map)
        if ContractKeys.recovery.keys.allSatisfy({ map[$0] == nil }) {
            self.faults.error(
                "\"recovery\" says nothing", at: node.location,
                hint: self.listeners.hasSocketIO
                    ? "write for: 2m, or ask and publication for plain clients"
                    : "write ask: query.ids, and publication: with {publication.position?} in it")
        }
    }

    // MARK: Plain clients

    private func positions(_ map: MapReader) -> PlatformDefinition.Recovery? {
        guard map["ask"] != nil || map["publication"] != nil else { return nil }
        if !self.listeners.hasPlain, !self.listeners.isFaulty {
            self.faults.error(
                "\"ask\" and \"publication\" are for plain clients, and no listener is for them",
                at: map.keyLocation(map["ask"] == nil ? "publication" : "ask"),
                hint: "write for: 2m for Socket.IO clients")
        }
        let query = map.required("ask", hint: "where a connection asks for positions, such as ask: query.ids").flatMap(
            self.query)
        guard
            let publication = map.required(
                "publication", hint: "the frame of such connections, with {publication.position?} in it")
        else { return nil }
        let context = TemplateContext(
            name: "the frame of \"recovery\"", roots: [.publication, .channel], advice: FrameCompiler.publicationAdvice,
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

    // MARK: Socket.IO clients

    private func returning(_ map: MapReader) -> PlatformDefinition.Return? {
        let emitsReconnect = map["reconnect"]?.bool("\"reconnect\"", self.faults) ?? false
        for key in ["for", "reconnect"] where map[key] != nil { self.listeners.requireSocketIO(map, key, self.faults) }
        if map["reconnect"] != nil, map["for"] == nil {
            self.faults.error(
                "\"reconnect\" needs \"for\"", at: map.keyLocation("reconnect"),
                hint: "say how long a client may be away: for: 2m")
        }
        return map["for"]?.duration("\"for\"", self.faults).map {
            PlatformDefinition.Return(age: $0, emitsReconnect: emitsReconnect)
        }
    }
}
