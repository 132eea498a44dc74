// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// An answer with its whole body.
///
/// Whoever writes it adds `Content-Length` and leaves the body out where the method or status asks for that.
/// A header whose name or value could not stand on one line is dropped when written, not sent.
package struct HTTPResponse: Sendable {
    package var status: HTTPStatus
    package var headers: HTTPHeaders
    package var body: ByteBuffer
    /// End the connection after this answer.
    package var closesConnection: Bool

    package init(
        _ status: HTTPStatus, headers: HTTPHeaders = HTTPHeaders(), body: ByteBuffer = ByteBuffer(),
        closesConnection: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.closesConnection = closesConnection
    }

    /// `body` is JSON already encoded.
    package static func json(_ status: HTTPStatus, _ body: ByteBuffer) -> Self {
        Self(status, headers: ["Content-Type": "application/json"], body: body)
    }

    /// `body` is JSON already encoded.
    package static func json(_ status: HTTPStatus, _ body: String) -> Self {
        Self.json(status, ByteBuffer(string: body))
    }

    package static func text(_ status: HTTPStatus, _ body: String) -> Self {
        Self(
            status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: ByteBuffer(string: body))
    }
}
