// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Synchronization
import Testing

/// One platform named `shop` on two loops that the test turns by hand, and the API over it.
final class AdminFixture {
    static let key = "0123456789abcdef-first"
    /// 2025-11-05T12:00:00.000Z
    static let now = Timestamp(milliseconds: 1_762_344_000_000)

    let loops = [EmbeddedEventLoop(), EmbeddedEventLoop()]
    let platform: Platform
    let api: AdminAPI

    init(
        engine: any Engine = MemoryEngine(),
        keys: [String] = [AdminFixture.key],
        information: ServerInformation = ServerInformation()
    ) throws {
        self.platform = try Platform(
            .shop, dialects: [TextDialect()], engine: engine, eventLoops: self.loops, clock: FixedClock(), node: 7)
        self.api = AdminAPI(platforms: [self.platform], keys: APIKeys(keys), information: information)
    }

    /// Asks and turns the loops until the answer is there.
    ///
    /// - Parameter key: nil sends none.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        _ body: String = "",
        type: String? = nil,
        key: String? = AdminFixture.key
    ) throws -> Answer {
        var headers = HTTPHeaders()
        if let key { headers.append("Authorization", "Bearer \(key)") }
        if let type = type ?? (body.isEmpty ? nil : "application/json") { headers.append("Content-Type", type) }
        let request = HTTPRequest(
            method: method, target: target, headers: headers, body: ByteBuffer(string: body), eventLoop: self.loops[0])
        return try self.send(request)
    }

    func send(_ request: HTTPRequest) throws -> Answer {
        let responses = Responses()
        self.api.respond(to: request, on: self.loops[0]) { responses.append($0) }
        // What one loop leaves for the other is done by its next turn.
        for _ in 0..<4 { for loop in self.loops { loop.run() } }
        let all = responses.all
        try #require(all.count == 1, "one request, \(all.count) answers")
        return Answer(all[0])
    }

    func publish(_ body: String) throws -> Answer { try self.send(.post, "/v1/platforms/shop/events", body) }

    /// A client on one of the loops, subscribed to these channels, which it must be allowed to.
    @discardableResult
    func connect(
        _ user: String?,
        on loop: Int = 0,
        number: UInt64,
        to channels: String...
    ) throws -> RecordingPort {
        let hub = try #require(self.platform.hub(on: self.loops[loop]))
        let port = RecordingPort(number: number, eventLoop: self.loops[loop])
        let identity = user.map { Identity(user: UserID($0), roles: ["customer"]) }
        let session = Session(port: port, identity: identity, dialectIndex: 0, hub: hub)
        port.session = session
        for channel in channels { _ = try session.subscribe(to: channel).get() }
        return port
    }

    private final class Responses: Sendable {
        private let responses = Mutex<[HTTPResponse]>([])
        var all: [HTTPResponse] { self.responses.withLock { $0 } }
        func append(_ response: HTTPResponse) { self.responses.withLock { $0.append(response) } }
    }
}

/// A response, easy to look into.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    init(_ response: HTTPResponse) {
        self.status = response.status.code
        self.headers = response.headers
        self.text = String(buffer: response.body)
    }

    /// The body, which must be JSON.
    var json: JSONNode { get throws { try JSONDocument(parsing: self.text).root } }

    /// `code pointer index` of the error, as far as they are there; the message must not be empty.
    var fault: String {
        get throws {
            let error = try #require(try self.json["error"], "\(self.text) is no error")
            #expect(error["message"]?.string?.isEmpty == false)
            var parts = [try #require(error["code"]?.string)]
            if let pointer = error["pointer"]?.string { parts.append("at \"\(pointer)\"") }
            if let index = error["index"]?.int { parts.append("index \(index)") }
            return parts.joined(separator: " ")
        }
    }

    /// The texts of an array in the body.
    func texts(_ key: String) throws -> [String] {
        try #require(try self.json[key]).elements.compactMap(\.string)
    }
}

struct FixedClock: WallClock {
    func now() -> Timestamp { AdminFixture.now }
}
