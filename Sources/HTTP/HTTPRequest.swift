// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A request with its whole body, as handlers see it.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// The path as sent, percent-encoding and all, without the query. Begins with `/`, except for `OPTIONS *`.
    package var rawPath: String
    package var query: QueryString
    package var headers: HTTPHeaders
    package var body: ByteBuffer
    /// The client's address without its port, or empty where there is none; behind a proxy that is not trusted, the proxy's.
    package var remoteAddress: String
    /// Whether a proxy has passed the request on, trusted or not. See `RequestSource`.
    package var isForwarded: Bool
    /// Whether it was encrypted on its way to a trusted proxy.
    package var isSecure: Bool
    /// The loop of the connection that the request came on.
    package var eventLoop: any EventLoop

    /// - Parameter target: the request target as sent: path, and query after the first `?`. An absolute target
    ///   (`http://host/path`) loses scheme and authority (RFC 9112 §3.2.2).
    package init(
        method: HTTPMethod, target: String, headers: HTTPHeaders = HTTPHeaders(), body: ByteBuffer = ByteBuffer(),
        remoteAddress: String = "", isForwarded: Bool = false, isSecure: Bool = false, eventLoop: any EventLoop
    ) {
        self.method = method
        (self.rawPath, self.query) = Self.split(target: target)
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.isForwarded = isForwarded
        self.isSecure = isSecure
        self.eventLoop = eventLoop
    }

    /// The path with its percent-encoding decoded as a whole, or as sent where that is broken.
    ///
    /// For display and exact comparison; routes decode segment by segment, so that `%2F` stays inside one.
    package var path: String { PercentEncoding.decode(self.rawPath) ?? self.rawPath }

    /// Path and query of a request target.
    package static func split(target: String) -> (path: String, query: QueryString) {
        var rest = target[...]
        if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
            let authority = rest[scheme.upperBound...]
            rest = authority.firstIndex { $0 == "/" || $0 == "?" }.map { authority[$0...] } ?? "/"
        }
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = rest[..<(mark ?? rest.endIndex)]
        let query = mark.map { String(rest[rest.utf8.index(after: $0)...]) } ?? ""
        return (path: path.isEmpty ? "/" : String(path), query: QueryString(query))
    }
}
