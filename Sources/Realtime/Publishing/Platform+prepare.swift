// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema

extension Platform {
    /// Checks a request and works out everything that follows from it. Changes nothing.
    ///
    /// - Parameter staged: changes of earlier requests of the same batch.
    func prepare(_ request: PublishRequest, staged: [StateChange]) throws(RequestError) -> PreparedPublication {
        let definition = self.definition
        let event = definition.events[request.event]
        if event == nil && (request.channels ?? []).isEmpty && (request.users ?? []).isEmpty {
            throw definition.unknownEvent(request.event)
        }
        try self.check(request, of: event)
        var request = request
        request.data = MarkupFilter.filter(request.data, event?.markup ?? definition.markup)
        let routed = try definition.route(request, facts: self.members, staged: staged)
        if case .client(let identity) = request.publisher { try self.check(identity, mayPublish: request, to: routed) }
        var prepared = PreparedPublication(
            event: request.event,
            data: request.data,
            id: request.id,
            time: try Self.time(of: request),
            channels: routed.channels)
        prepared.isEphemeral = request.isEphemeral
        prepared.except = request.except
        guard let event else { return prepared }
        if let id = try self.id(of: request, event) { prepared.id = id }
        prepared.derived = request.isEnd ? [] : event.derived
        prepared.inboxAge = event.inboxAge
        prepared.isEphemeral = request.isEphemeral || event.isEphemeral
        prepared.expires = event.expiry != nil
        prepared.endsConnectionsAfter = event.endsConnectionsAfter
        for effect in event.memberEffects {
            let change = try self.change(effect, payload: request.data, staged: staged + prepared.changes)
            if let change { prepared.changes.append(change) }
        }
        try self.addWaits(of: request, to: &prepared)
        for effect in event.recordEffects {
            guard let match = try self.definition.channel(effect.channel, payload: request.data) else { continue }
            prepared.records.append((match.name, self.change(effect.change, payload: request.data)))
        }
        return prepared
    }

    func check(_ request: PublishRequest, of event: EventType?) throws(RequestError) {
        let limit = self.definition.limits.payloadByteCount
        guard request.data.rawBytes.count <= limit else {
            throw RequestError(
                .invalidPayload, "the payload has \(request.data.rawBytes.count) bytes, the contract allows \(limit)",
                pointer: JSONPointer().appending(key: "data"))
        }
        if let id = request.id, !(1...PublicationID.maximumByteCount).contains(id.utf8.count) {
            throw RequestError(
                .invalidRequest, "an id has 1 to \(PublicationID.maximumByteCount) bytes",
                pointer: JSONPointer().appending(key: "id"))
        }
        if let key = request.idempotencyKey, !(1...255).contains(key.utf8.count) {
            throw RequestError(
                .invalidRequest, "an idempotency key has 1 to 255 bytes",
                pointer: JSONPointer().appending(key: "idempotencyKey"))
        }
        guard let schema = event?.schema, let violation = schema.firstViolation(in: request.data) else { return }
        throw RequestError(
            .invalidPayload, "data\(violation.instance) \(violation.message)",
            pointer: JSONPointer().appending(key: "data").appending(contentsOf: violation.instance.tokens))
    }

    /// A client may publish only where the contract gives him the right: on each channel that he or the event names, and
    /// on each whose members it goes to.
    private func check(
        _ identity: Identity?,
        mayPublish request: PublishRequest,
        to routed: RoutedEvent
    ) throws(RequestError) {
        guard !routed.origins.isEmpty else {
            throw RequestError(.forbidden, "not authorized to publish \"\(request.event)\"")
        }
        for origin in routed.origins {
            switch origin {
            case .channel(let match):
                guard match.mayPublish(identity, facts: self.members) else {
                    throw RequestError(
                        .forbidden, "not authorized to publish to this channel", channel: match.name.rawValue)
                }
            case .user(let user):
                guard identity?.user == user else {
                    throw RequestError(.forbidden, "not authorized to publish in the name of somebody else")
                }
            }
        }
    }

    /// The id that the payload gives the publication, if its event says so. A publisher who gives another contradicts himself.
    private func id(of request: PublishRequest, _ event: EventType) throws(RequestError) -> String? {
        guard let template = event.id, let id = try self.definition.text(template, payload: request.data) else {
            return nil
        }
        guard id.utf8.count <= PublicationID.maximumByteCount else {
            throw RequestError(
                .invalidPayload, "\(template) is the id, which has at most \(PublicationID.maximumByteCount) bytes",
                pointer: JSONPointer().appending(key: "data"))
        }
        guard request.id == nil || request.id == id else {
            throw RequestError(
                .invalidRequest, "the id is not \(template) of the payload",
                pointer: JSONPointer().appending(key: "id"))
        }
        return id
    }

    private static func time(of request: PublishRequest) throws(RequestError) -> Timestamp? {
        guard let text = request.time else { return nil }
        guard let time = Timestamp(text) else {
            throw RequestError(
                .invalidRequest, "\"\(text)\" is not a time; write it like 2025-11-05T12:00:00Z",
                pointer: JSONPointer().appending(key: "time"))
        }
        return time
    }

    private func change(_ effect: EventType.RecordEffect.Change, payload: JSONNode) -> RecordTable.Change {
        var scope = TemplateScope(now: self.clock.now())
        scope.payload = payload
        return switch effect {
        case .remove: .remove
        case .replace(let template): .replace(template.rendered(in: scope))
        case .merge(let template): .merge(template.rendered(in: scope))
        }
    }

    private func change(
        _ effect: EventType.MemberEffect,
        payload: JSONNode,
        staged: [StateChange]
    ) throws(RequestError) -> StateChange? {
        guard let channel = try self.definition.channel(effect.channel, payload: payload)?.name else { return nil }
        switch effect.change {
        case .add(let templates):
            return .addMembers(channel: channel, users: try self.users(templates, payload: payload))
        case .remove(let templates):
            return .removeMembers(channel: channel, users: try self.users(templates, payload: payload))
        case .link(let template):
            guard let parent = try self.definition.channel(template, payload: payload)?.name else { return nil }
            // Told again with every event of the shipment, kept once.
            return self.members.link(of: channel, staged: staged) == parent
                ? nil : .linkMembers(channel: channel, parent: parent)
        }
    }

    private func users(_ templates: [NameTemplate], payload: JSONNode) throws(RequestError) -> [UserID] {
        var users: [UserID] = []
        for template in templates {
            if let text = try self.definition.text(template, payload: payload) { users.append(UserID(text)) }
        }
        return users
    }

    private func addWaits(of request: PublishRequest, to prepared: inout PreparedPublication) throws(RequestError) {
        for rule in self.definition.waits {
            guard rule.trigger == request.event || rule.event == request.event,
                let key = try self.definition.text(rule.key, payload: request.data)
            else { continue }
            let wait = WaitKey(event: rule.event, key: key)
            let now = self.clock.now().milliseconds
            if rule.event == request.event {
                // The backend published by itself what was held back: it is not published again.
                prepared.changes.append(.endWait(wait: wait, forgetAt: Timestamp(milliseconds: now + rule.within)))
            } else if let item = try self.definition.text(rule.item, payload: request.data) {
                let due = Timestamp(milliseconds: now + rule.within)
                let data = Array(request.data.rawBytes)
                prepared.changes.append(.addWaitItem(wait: wait, item: item, data: data, due: due))
            }
        }
    }
}
