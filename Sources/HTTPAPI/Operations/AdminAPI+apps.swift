// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// The apps that hold, and the ids of those that do not because the manifest has taken what is theirs.
    func listApps(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platformWithApps(of: exchange)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("apps")
        writer.beginArray()
        for app in platform.apps.all { writer.app(app) }
        writer.endArray()
        writer.key("suppressed")
        writer.beginArray()
        for app in platform.apps.suppressed { writer.string(app.id) }
        writer.endArray()
        writer.endObject()
        exchange.answer(writer)
    }

    func readApp(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platformWithApps(of: exchange)
        let id = try Self.app(of: exchange)
        guard let app = platform.apps.app(id) else {
            let question = Spelling.question(for: id, among: platform.apps.all.map(\.id))
            throw APIError(RequestError(.unknownApp, "this platform has no app \"\(id)\"\(question)"))
        }
        var writer = JSONWriter()
        writer.app(app)
        exchange.answer(writer)
    }

    /// Registers an app. Of a new one the answer has the key, which nobody is told again.
    func putApp(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platformWithApps(of: exchange)
        let body = try exchange.body()
        var reading = AppReading(permissions: platform.definition.apps?.permissions ?? [])
        let app = reading.app(try Self.app(of: exchange), body, origin: .registry)
        if let fault = reading.faults.first {
            let hint = fault.hint.map { "; \($0)" } ?? ""
            throw APIError(RequestError(.invalidRequest, fault.message + hint, pointer: fault.pointer))
        }
        platform.putApp(app) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let key):
                var writer = JSONWriter()
                writer.app(app, key: key)
                exchange.answer(Self.secret(writer))
            }
        }
    }

    func removeApp(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platformWithApps(of: exchange)
        platform.removeApp(try Self.app(of: exchange)) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success: exchange.answer(HTTPResponse(.noContent))
            }
        }
    }

    func renewAppKey(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platformWithApps(of: exchange)
        let id = try Self.app(of: exchange)
        platform.renewKey(ofApp: id) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let key):
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("id")
                writer.string(id)
                writer.key("key")
                writer.string(key)
                writer.endObject()
                exchange.answer(Self.secret(writer))
            }
        }
    }

    private func platformWithApps(of exchange: Exchange) throws(APIError) -> Platform {
        let platform = try self.platform(of: exchange)
        guard platform.definition.apps == nil else { return platform }
        throw APIError(RequestError(.notFound, "this platform has no apps: its contract has no \"apps\""))
    }

    private static func app(of exchange: Exchange) throws(APIError) -> String {
        let id = exchange.parameters["app"] ?? ""
        guard AppPrefix.isID(id) else {
            throw APIError(
                RequestError(.invalidPath, "an app's id has 1 to 128 letters a-z and A-Z, digits, and _ - ."))
        }
        return id
    }

    private static func secret(_ writer: JSONWriter) -> HTTPResponse {
        var response = HTTPResponse.json(.ok, ByteBuffer(bytes: writer.bytes))
        response.headers.append("Cache-Control", "no-store")
        return response
    }
}

extension JSONWriter {
    fileprivate mutating func app(_ app: App, key: String? = nil) {
        self.beginObject()
        self.key("id")
        self.string(app.id)
        self.key("origin")
        self.string(app.origin == .manifest ? "manifest" : "registry")
        app.writeMembers(to: &self)
        if let key {
            self.key("key")
            self.string(key)
        }
        self.endObject()
    }
}
