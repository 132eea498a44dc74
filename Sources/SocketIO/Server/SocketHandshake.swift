// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import HTTP

/// What a client said when it connected: its first HTTP request, and the auth of its CONNECT to the namespace.
public struct SocketHandshake: Sendable {
    private let request: EngineHandshake

    /// An object; empty where the client sent none.
    public let auth: SocketValue
    /// When the CONNECT came.
    public let time: ContinuousClock.Instant

    init(_ request: EngineHandshake, auth: SocketValue) {
        self.request = request
        self.auth = auth
        self.time = .now
    }

    /// The client's address without its port.
    public var address: String { self.request.remoteAddress }

    /// Whether the connection is encrypted.
    public var isSecure: Bool { self.request.isSecure }

    /// Whether a web page of another origin may have opened it: whether there is an `Origin`.
    public var hasOrigin: Bool { self.request.headers.contains("origin") }

    /// The path of the request, without its query.
    public var path: String { self.request.path }

    /// The first value of a header field, whose name is compared without regard to letter case.
    public func header(_ name: String) -> String? { self.request.headers[name] }

    /// Every header field in order.
    public var headers: [(name: String, value: String)] { Array(self.request.headers) }

    /// The first value of a parameter of the query.
    public func query(_ name: String) -> String? { self.request.query[name] }

    /// Every parameter of the query in order.
    public var query: [(name: String, value: String)] { self.request.query.pairs }
}
