// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import JSON
import NIOCore
import Realtime

/// What the pages of a mocked server need to act, and no other page is told: addresses, users with tokens or sessions, events
/// with examples; and a way to publish.
///
/// Only with mocked backends and never in production. No key is given away: a page publishes through `POST /demo/publish/NAME`,
/// which can do this one thing, and only for a page that the server itself has given out (``OwnPage``).
struct Demo: Sendable {
    /// A month: a mocked server runs long, but not for ever.
    static let credentialLifetime: Int64 = 30 * 86_400

    private static let description = "/demo.json"
    private static let publishing = "/demo/publish/"
    private static let history = "/demo/history/"

    let platforms: [Platform]
    let addresses: [Server.ListenerAddress]
    let users: DemoUsers
    /// By platform and the user's template.
    let sessions: [String: [String: String]]
    let api: AdminAPI
    /// The administrative API's, for requests that are made here.
    let key: String

    /// Answers what is the demo's to answer.
    ///
    /// - Returns: `false`: nothing was done with the request.
    func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) -> Bool {
        if request.rawPath == Self.description {
            respond(self.describe(request))
            return true
        }
        if request.rawPath.hasPrefix(Self.publishing) {
            self.publish(String(request.rawPath.dropFirst(Self.publishing.count)), request, on: eventLoop, respond)
            return true
        }
        guard request.rawPath.hasPrefix(Self.history) else { return false }
        self.readHistory(String(request.rawPath.dropFirst(Self.history.count)), request, respond)
        return true
    }

    private static func refused() -> HTTPResponse {
        .text(.forbidden, "only for this server's own page in a browser on this machine, at localhost or 127.0.0.1\n")
    }

    /// For this page alone, and for this moment.
    private static func own(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
    }

    /// What a channel keeps, oldest first: where a platform's own backend would be asked for what was before.
    /// `?channel=NAME`; the answer is `{publications: [{id, event, time, data}]}`.
    private func readHistory(
        _ name: String, _ request: HTTPRequest, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        guard request.method == .get || request.method == .head else {
            return respond(HTTPResponse(.methodNotAllowed, headers: ["Allow": "GET, HEAD"]))
        }
        guard OwnPage.asks(request, mustSayOrigin: false) else { return respond(Self.refused()) }
        guard let platform = self.platforms.first(where: { $0.definition.name == name }),
            let match = request.query["channel"].flatMap({ platform.definition.match($0) })
        else { return respond(.text(.notFound, "there is no such platform or channel\n")) }
        platform.newestHistory(of: match) { result in
            guard case .success(let publications) = result else {
                return respond(.text(.serviceUnavailable, "the history cannot be read\n"))
            }
            respond(Self.own(.json(.ok, ByteBuffer(bytes: Self.json(of: publications).bytes))))
        }
    }

    private static func json(of publications: [StoredPublication]) -> JSONWriter {
        var writer = JSONWriter(capacity: 256 * (publications.count + 1))
        writer.beginObject()
        writer.key("publications")
        writer.beginArray()
        for publication in publications {
            writer.beginObject()
            writer.key("id")
            writer.string(publication.id)
            writer.key("event")
            writer.string(publication.event)
            writer.key("time")
            writer.string(publication.time.description)
            writer.key("data")
            writer.raw(publication.data)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer
    }

    // MARK: Publishing

    private func publish(
        _ name: String, _ request: HTTPRequest, on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        guard request.method == .post else {
            return respond(HTTPResponse(.methodNotAllowed, headers: ["Allow": "POST"]))
        }
        guard OwnPage.asks(request, mustSayOrigin: true) else { return respond(Self.refused()) }
        guard request.headers["Content-Type"]?.hasPrefix("application/json") == true else {
            return respond(.text(.unsupportedMediaType, "the body must be application/json\n"))
        }
        guard self.platforms.contains(where: { $0.definition.name == name }) else {
            return respond(.text(.notFound, "there is no such platform\n"))
        }
        var passed = request
        passed.rawPath = "/v1/platforms/\(name)/events"
        passed.query = QueryString("")
        passed.headers = ["Content-Type": "application/json", "Authorization": "Bearer \(self.key)"]
        self.api.respond(to: passed, on: eventLoop) { respond(Self.own($0)) }
    }

    // MARK: Describing

    private func describe(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(.methodNotAllowed, headers: ["Allow": "GET, HEAD"])
        }
        guard OwnPage.asks(request, mustSayOrigin: false) else { return Self.refused() }
        var writer = JSONWriter(capacity: 32 * 1024)
        writer.beginObject()
        writer.key("platforms")
        writer.beginArray()
        for platform in self.platforms { self.write(platform.definition, to: &writer) }
        writer.endArray()
        writer.endObject()
        return Self.own(.json(.ok, ByteBuffer(bytes: writer.bytes)))
    }

    private func write(_ definition: PlatformDefinition, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(definition.name)
        writer.key("title")
        writer.string(definition.title)
        writer.key("endpoints")
        writer.beginArray()
        for address in self.addresses where address.platform == definition.name {
            writer.beginObject()
            writer.key("port")
            writer.int(address.port)
            writer.key("path")
            writer.string(address.path)
            writer.key("isSocketIO")
            writer.bool(address.isSocketIO)
            writer.key("isEncrypted")
            writer.bool(address.isEncrypted)
            writer.endObject()
        }
        writer.endArray()
        if let cookie = Self.cookie(of: definition) {
            writer.key("cookie")
            writer.string(cookie)
        }
        self.writeUsers(of: definition, to: &writer)
        self.writeEvents(of: definition, to: &writer)
        writer.endObject()
    }

    /// The name of the cookie that carries a session, where the first credential is one.
    private static func cookie(of definition: PlatformDefinition) -> String? {
        guard case .cookie(let name) = definition.auth.credentials.first(where: { $0.kind == .session })?.place else {
            return nil
        }
        return name
    }

    private func writeUsers(of definition: PlatformDefinition, to writer: inout JSONWriter) {
        let mint = try? TokenMint(definition)
        writer.key("users")
        writer.beginArray()
        for user in self.users.users(of: definition) {
            let session = self.sessions[definition.name]?[user.template]
            let id = session == nil ? user.id() : user.template
            writer.beginObject()
            writer.key("id")
            writer.string(id)
            writer.key("name")
            writer.string(user.name)
            if let session {
                writer.key("session")
                writer.string(session)
            } else if let token = try? mint?.token(
                user: id, roles: user.roles, lifetime: Self.credentialLifetime, claims: user.claims)
            {
                writer.key("token")
                writer.string(token)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// In the order of the contract.
    private func writeEvents(of definition: PlatformDefinition, to writer: inout JSONWriter) {
        writer.key("events")
        writer.beginArray()
        for event in definition.events.values.sorted(by: { $0.location.line < $1.location.line }) {
            writer.beginObject()
            writer.key("name")
            writer.string(event.name)
            writer.key("goesByItself")
            writer.bool(!event.routes.isEmpty)
            writer.key("examples")
            writer.beginArray()
            for example in event.examples { writer.raw(example.root) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }
}
