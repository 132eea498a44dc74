// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime
import Synchronization
import Transport

/// One line for each HTTP request and each request to become a WebSocket, as JSON.
///
/// Of queries nothing is written that may let somebody in: the values of every place where a contract looks for credentials, and of names
/// such as `token`. See ``QueryRedaction``.
final class AccessLog: Sendable {
    private let write: @Sendable ([UInt8]) -> Void
    private let redaction = Mutex(QueryRedaction())

    /// - Parameter write: takes lines without their ends; must not block.
    init(_ write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

    /// Cuts the credentials of these contracts out from now on, besides those of earlier ones.
    func hideCredentials(of definitions: [PlatformDefinition]) {
        self.redaction.withLock { redaction in
            for definition in definitions { redaction.hideCredentials(of: definition.auth) }
        }
    }

    /// - Parameter start: when the request was read.
    func record(_ request: Request, status: HTTPStatus, byteCount: Int, since start: NIODeadline) {
        let redaction = self.redaction.withLock { $0 }
        var writer = JSONWriter(capacity: 256)
        func put(_ name: String, _ value: String) {
            writer.key(name)
            writer.string(value)
        }
        writer.beginObject()
        put("time", SystemClock().now().description)
        put("address", request.address)
        put("method", request.method)
        put("path", QueryRedaction.path(request.rawPath))
        if !request.query.raw.isEmpty { put("query", redaction.text(of: request.query)) }
        writer.key("status")
        writer.int(Int(status.code))
        writer.key("bytes")
        writer.int(byteCount)
        writer.key("milliseconds")
        writer.int(Int((NIODeadline.now() - start).nanoseconds / 1_000_000))
        writer.endObject()
        self.write(writer.bytes)
    }

    /// What a line tells of a request.
    struct Request: Sendable {
        var address: String
        var method: String
        var rawPath: String
        var query: QueryString
    }
}

/// Any application, with its requests in the access log. What is no proper HTTP never gets here, and is in no line.
struct LoggedApplication: ListenerApplication {
    let application: any ListenerApplication
    let log: AccessLog

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        let start = NIODeadline.now()
        let decision = self.application.upgrade(request, on: eventLoop)
        let told = AccessLog.Request(
            address: request.remoteAddress, method: "GET", rawPath: request.rawPath, query: request.query)
        switch decision {
        case .accept: self.log.record(told, status: HTTPStatus(101), byteCount: 0, since: start)
        case .refuse(let response):
            self.log.record(told, status: response.status, byteCount: response.body.readableBytes, since: start)
        }
        return decision
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let start = NIODeadline.now()
        let told = AccessLog.Request(
            address: request.remoteAddress, method: request.method.rawValue, rawPath: request.rawPath,
            query: request.query)
        let isHead = request.method == .head
        self.application.respond(to: request, on: eventLoop) { [log = self.log] response in
            log.record(
                told, status: response.status, byteCount: isHead ? 0 : response.body.readableBytes, since: start)
            respond(response)
        }
    }

    func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        let start = NIODeadline.now()
        let told = AccessLog.Request(
            address: request.remoteAddress, method: request.method.rawValue, rawPath: request.rawPath,
            query: request.query)
        let isHead = request.method == .head
        let observed = answer.observed { [log = self.log] response in
            log.record(
                told, status: response.status, byteCount: isHead ? 0 : response.body.readableBytes, since: start)
        }
        return self.application.begin(request, on: eventLoop, observed)
    }
}
