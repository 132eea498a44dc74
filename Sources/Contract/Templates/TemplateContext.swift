// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Where a template stands, and so what its places may name.
struct TemplateContext {
    /// The first key of a place's path.
    enum Root: String, CaseIterable {
        case args, body, channel, command, connection, error, lost, new, now, path, presence, publication, query,
            result, resume
        case service, user
    }

    /// Results whose values have values of their own.
    private static let deepResults = ["record", "records", "byChannel", "quota", "app"]

    /// Names the template in messages, such as "the frame \"connected\"".
    var name: String
    var roots: [Root]
    /// What to write instead of a root that is not known here.
    var advice: [Root: String] = [:]
    /// What `result` holds.
    var results: [String] = []
    /// It is any JSON.
    var hasOpenResult = false
    /// The parameters of all channel patterns, for `{channel.orderId}`.
    var channelParameters: [String] = []
    /// The parameters of the path of an HTTP request, or of a namespace.
    var pathParameters: [String] = []
    /// What is known of a message's keys, and of an HTTP request's body.
    var arguments: PayloadFields?
    var body: PayloadFields?
    /// What `service` holds, of ``ServiceFacts``.
    var serviceFacts: [String] = []
    /// Publications have positions here.
    var knowsPosition = false
    /// Publications are a user's own, who has read them or not.
    var knowsReading = false
    /// Set where bare names are fields of an event's payload.
    var payload: PayloadFields?

    /// What a place names.
    func source(of place: PlaceText.Place) throws(PlaceText.Failure) -> TemplatePath.Source {
        if let payload {
            if place.keys == ["now"] { return .now }
            if place.keys == ["new", "id"], self.roots.contains(.new) { return .newID }
            do throws(PlaceText.Failure) { try payload.check(place.keys) } catch {
                // Nearer than any field of the payload.
                let isOfNew = place.keys.count == 2 && place.keys[0] == "new" && self.roots.contains(.new)
                throw isOfNew ? Self.unknown(place, known: ["id"]) : error
            }
            return .payload(place.keys)
        }
        let first = place.keys[0]
        guard let root = Root(rawValue: first) else {
            let known = self.roots.map(\.rawValue)
            throw PlaceText.Failure(
                message: "\"{\(place.path)}\": unknown root \"\(first)\"", hint: Spelling.hint(for: first, among: known)
            )
        }
        guard self.roots.contains(root) else {
            throw PlaceText.Failure(
                message: "\"{\(place.path)}\": \"\(first)\" is not known in \(self.name)",
                hint: self.advice[root] ?? "known here: \(self.roots.map(\.rawValue).joined(separator: ", "))")
        }
        return try self.source(of: root, Array(place.keys.dropFirst()), place)
    }

    private func source(
        of root: Root, _ keys: [String], _ place: PlaceText.Place
    ) throws(PlaceText.Failure) -> TemplatePath.Source {
        switch root {
        case .args:
            try self.arguments?.check(keys)
            return .args(keys)
        case .body:
            try self.body?.check(keys)
            return .body(keys)
        case .path:
            guard keys.count == 1, self.pathParameters.contains(keys[0]) else {
                throw Self.unknown(place, known: self.pathParameters, none: "the path has no parameters")
            }
            return .path(keys[0])
        case .query:
            guard keys.count == 1 else {
                throw PlaceText.Failure(
                    message: "\"{\(place.path)}\": a query has parameters by name", hint: "write {query.NAME}")
            }
            return .query(keys[0])
        case .new: return try Self.only(keys, place, of: ["id": .newID])
        case .service:
            guard let first = keys.first, self.serviceFacts.contains(first),
                keys.count == 1 || ServiceFacts.deep.contains(first)
            else { throw Self.unknown(place, known: self.serviceFacts) }
            return .service(keys)
        case .presence: return try Self.only(keys, place, of: ["user": .presenceUser, "status": .presenceStatus])
        case .resume: return try Self.only(keys, place, of: ["token": .resumeToken, "expiresAt": .resumeExpiresAt])
        case .lost: return try Self.only(keys, place, of: ["count": .lostCount])
        case .now:
            guard keys.isEmpty else { throw Self.unknown(place, known: []) }
            return .now
        case .user:
            if keys.first == "claims" { return .userClaims(Array(keys.dropFirst())) }
            let known: [String: TemplatePath.Source] = [
                "id": .userID, "name": .userName, "avatar": .userAvatar, "roles": .userRoles,
            ]
            return try Self.only(keys, place, of: known, besides: ["claims"])
        case .connection: return try Self.only(keys, place, of: ["id": .connectionID, "connectedAt": .connectedAt])
        case .command: return try Self.only(keys, place, of: ["name": .commandName])
        case .channel:
            if keys.count == 1, self.channelParameters.contains(keys[0]) { return .channelParameter(keys[0]) }
            return try Self.only(keys, place, of: ["name": .channelName], besides: self.channelParameters)
        case .publication:
            if keys.first == "data" { return .publicationData(Array(keys.dropFirst())) }
            if keys == ["offset"] { throw Self.unavailable(place) }
            var known: [String: TemplatePath.Source] = [
                "event": .publicationEvent, "id": .publicationID, "time": .publicationTime,
            ]
            if self.knowsPosition { known["position"] = .publicationPosition }
            if self.knowsReading { known["read"] = .publicationRead }
            if keys == ["position"] && !self.knowsPosition {
                throw PlaceText.Failure(
                    message: "\"{\(place.path)}\" is not known in \(self.name)",
                    hint: "positions are for clients that ask for them: write it under recovery: publication:")
            }
            return try Self.only(keys, place, of: known, besides: ["data"])
        case .error:
            if keys.first == "details" { throw Self.unavailable(place) }
            let known: [String: TemplatePath.Source] = [
                "code": .errorCode, "message": .errorMessage, "pointer": .errorPointer, "channel": .errorChannel,
                "status": .errorStatus, "reason": .errorReason, "retryAfter": .errorRetryAfter,
            ]
            return try Self.only(keys, place, of: known)
        case .result where self.hasOpenResult: return .result(keys)
        case .result:
            guard let first = keys.first, self.results.contains(first),
                keys.count == 1 || Self.deepResults.contains(first)
            else { throw Self.unknown(place, known: self.results) }
            return .result(keys)
        }
    }

    private static func only(
        _ keys: [String], _ place: PlaceText.Place, of sources: [String: TemplatePath.Source], besides: [String] = []
    ) throws(PlaceText.Failure) -> TemplatePath.Source {
        if keys.count == 1, let source = sources[keys[0]] { return source }
        throw Self.unknown(place, known: (sources.keys + besides).sorted())
    }

    private static func unknown(
        _ place: PlaceText.Place, known: [String], none: String? = nil
    ) -> PlaceText.Failure {
        let root = place.keys[0]
        let message = "\"{\(place.path)}\": there is no such value"
        guard !known.isEmpty else { return PlaceText.Failure(message: message, hint: none ?? "write {\(root)}") }
        if place.keys.count == 2, let nearest = Spelling.nearest(to: place.keys[1], among: known) {
            return PlaceText.Failure(message: message, hint: "did you mean {\(root).\(nearest)}?")
        }
        let list = known.prefix(12).map { "{\(root).\($0)}" }.joined(separator: ", ")
        return PlaceText.Failure(message: message, hint: "known here: \(list)")
    }

    private static func unavailable(_ place: PlaceText.Place) -> PlaceText.Failure {
        PlaceText.Failure(message: "\"{\(place.path)}\" is not available in this version")
    }
}
