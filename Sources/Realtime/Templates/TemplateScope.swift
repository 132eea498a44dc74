// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// The values that a template can be filled with at one moment. What does not apply is `nil`.
package struct TemplateScope {
    /// A publication as a template sees it. `nil` for id or time: not given yet, the output keeps a hole.
    package struct Publication {
        package var event: String
        package var data: JSONNode
        package var id: String?
        package var time: Timestamp?
        /// `.none`: it has no position. `.some(nil)`: not given yet, the output keeps a hole.
        package var position: String??
        /// Whether the user has read it; `nil` where it is nobody's.
        package var isRead: Bool?

        package init(event: String, data: JSONNode, id: String?, time: Timestamp?) {
            self.event = event
            self.data = data
            self.id = id
            self.time = time
        }
    }

    /// `nil`: the moment in which the publication gets its place; the output keeps a hole.
    package var now: Timestamp?
    package var args: JSONNode?
    package var identity: Identity?
    package var connectionNumber: UInt64?
    package var connectedAt: Timestamp?
    /// The channel's name, as it was asked for.
    package var channel: String?
    package var channelPattern: ChannelPattern?
    package var publication: Publication?
    package var payload: JSONNode?
    package var result: JSONNode?
    /// An HTTP request's parameters and body.
    package var pathParameters: [String: String] = [:]
    package var query: [String: String] = [:]
    package var body: JSONNode?
    package var newID: String?
    /// An app's, which no template sees.
    package var idempotencyKey: String?
    package var presence: (user: UserID, isOnline: Bool)?
    package var resume: (token: String, expiresAt: Timestamp)?
    package var lostCount: Int?
    /// See ``ServiceFacts``.
    package var service: JSONNode?
    /// The command that the client asked for.
    package var commandName: String?
    /// See `PlatformDefinition.describe(_:in:)`, which sets all four.
    package var error: RequestError?
    /// The error's code and message in the platform's words.
    package var errorCode: String?
    package var errorMessage: String?
    /// The error as an HTTP status.
    package var errorStatus: Int?

    package init(now: Timestamp?) { self.now = now }

    /// The value as text: strings as they are, everything else as JSON.
    ///
    /// - Returns: the path's default, or `nil`, when there is no value.
    func text(of path: TemplatePath) -> String? {
        let text: String? =
            switch path.source {
            case .userID: self.identity?.user.rawValue
            case .userName: self.identity?.name
            case .userAvatar: self.identity?.avatar
            case .channelName: self.channel
            case .channelParameter(let name): self.parameter(name)
            case .errorMessage: self.errorMessage
            case .errorCode: self.errorCode ?? self.error?.code.rawValue
            case .errorReason: self.error?.reason
            case .commandName: self.commandName
            case .errorPointer: self.error?.pointer?.description
            case .errorChannel: self.error?.channel
            case .path(let name): self.pathParameters[name]
            case .query(let name): self.query[name]
            case .newID: self.newID
            case .presenceUser: self.presence?.user.rawValue
            case .presenceStatus: self.presence.map { $0.isOnline ? "online" : "offline" }
            case .resumeToken: self.resume?.token
            case .publicationEvent: self.publication?.event
            default: self.jsonText(of: path)
            }
        if let text { return text }
        guard case .value(let bytes) = path.missing else { return nil }
        return Self.unquoted(bytes)
    }

    private func jsonText(of path: TemplatePath) -> String? {
        if let node = self.node(of: path.source) {
            if node.kind == .string { return node.string }
            // Where a value may be missing, one that is null names nothing.
            if node.isNull, path.missing == .drop { return nil }
        }
        var output = TemplateOutput()
        guard self.appendValue(path.source, to: &output) else { return nil }
        return Self.unquoted(output.bytes)
    }

    /// Text has neither the quotes nor the escapes of JSON.
    private static func unquoted(_ json: [UInt8]) -> String {
        guard json.first == UInt8(ascii: "\""), let text = try? JSONDocument(parsing: json).root.string else {
            return String(decoding: json, as: UTF8.self)
        }
        return text
    }

    /// Whether the value is one that is only known when the publication has its place.
    func isOpen(_ source: TemplatePath.Source) -> Bool {
        switch source {
        case .now: self.now == nil
        case .publicationTime: self.publication.map { $0.time == nil } ?? false
        case .publicationID: self.publication.map { $0.id == nil } ?? false
        case .publicationPosition: self.publication.map { $0.position == .some(nil) } ?? false
        default: false
        }
    }

    /// The JSON node a path leads to, for the sources that are JSON.
    package func node(at path: TemplatePath) -> JSONNode? { self.node(of: path.source) }

    /// The texts that a path leads to: one, or those among the elements of an array.
    func texts(at path: TemplatePath) -> [String] {
        if case .userRoles = path.source { return self.identity?.roles ?? [] }
        guard let node = self.node(of: path.source) else { return [] }
        if let text = node.string { return [text] }
        return node.kind == .array ? node.elements.compactMap(\.string) : []
    }

    /// The JSON node a path leads to, for the roots that hold JSON.
    func node(of source: TemplatePath.Source) -> JSONNode? {
        switch source {
        case .args(let keys): Self.walk(self.args, keys)
        case .userClaims(let keys): Self.walk(self.identity?.claims?.root, keys)
        case .publicationData(let keys): Self.walk(self.publication?.data, keys)
        case .result(let keys): Self.walk(self.result, keys)
        case .payload(let keys): Self.walk(self.payload, keys)
        case .body(let keys): Self.walk(self.body, keys)
        case .service(let keys): Self.walk(self.service, keys)
        default: nil
        }
    }

    /// Appends the value as JSON.
    ///
    /// - Returns: `false`, and nothing is appended, when there is no value and no default.
    func append(_ path: TemplatePath, to output: inout TemplateOutput) -> Bool {
        if self.appendValue(path.source, to: &output) { return true }
        guard case .value(let bytes) = path.missing else { return false }
        output.bytes += bytes
        return true
    }

    private func appendValue(_ source: TemplatePath.Source, to output: inout TemplateOutput) -> Bool {
        switch source {
        case .now:
            output.appendTime(self.now)
            return true
        case .publicationTime:
            guard let publication = self.publication else { return false }
            output.appendTime(publication.time)
            return true
        case .publicationID:
            guard let publication = self.publication else { return false }
            output.appendID(publication.id)
            return true
        case .connectedAt:
            guard let connectedAt = self.connectedAt else { return false }
            output.append(connectedAt)
            return true
        case .publicationPosition:
            guard let publication = self.publication, let position = publication.position else { return false }
            output.appendID(position)
            return true
        case .publicationRead:
            guard let isRead = self.publication?.isRead else { return false }
            output.bytes += Array(isRead ? "true".utf8 : "false".utf8)
            return true
        case .resumeExpiresAt:
            guard let resume = self.resume else { return false }
            output.append(resume.expiresAt)
            return true
        case .lostCount, .errorStatus, .errorRetryAfter:
            guard let count = self.count(source) else { return false }
            output.bytes += Array(String(count).utf8)
            return true
        case .errorCode, .errorPointer, .errorChannel, .errorReason, .commandName, .path, .query, .newID, .presenceUser,
            .presenceStatus, .resumeToken:
            return output.append(self.text(of: TemplatePath(source)))
        case .connectionID: return output.append(self.connectionNumber.map { ConnectionID.text(of: $0) })
        case .userID: return output.append(self.identity?.user.rawValue)
        case .userName: return output.append(self.identity?.name)
        case .userAvatar: return output.append(self.identity?.avatar)
        case .userRoles: return output.append(self.identity?.roles)
        case .channelName: return output.append(self.channel)
        case .channelParameter(let name): return output.append(self.parameter(name))
        case .publicationEvent: return output.append(self.publication?.event)
        case .errorMessage: return output.append(self.errorMessage)
        case .args, .userClaims, .publicationData, .result, .payload, .body, .service:
            guard let node = self.node(of: source) else { return false }
            output.bytes += node.rawBytes
            return true
        }
    }

    private func count(_ source: TemplatePath.Source) -> Int? {
        switch source {
        case .lostCount: self.lostCount
        case .errorStatus: self.errorStatus
        case .errorRetryAfter: self.error?.retryAfter.map { Int(clamping: $0 / 1000 + ($0 % 1000 > 0 ? 1 : 0)) }
        default: nil
        }
    }

    private func parameter(_ name: String) -> String? {
        guard let pattern = self.channelPattern, let channel = self.channel, let values = pattern.match(channel),
            let index = pattern.parameters.firstIndex(of: name)
        else { return nil }
        return String(values[index])
    }

    private static func walk(_ node: JSONNode?, _ keys: [String]) -> JSONNode? {
        var node = node
        for key in keys { node = node?[key] }
        return node
    }
}
