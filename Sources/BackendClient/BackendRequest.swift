// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import NIOCore

/// One request to a backend, and how much may become of it.
package struct BackendRequest: Sendable {
    package var method: HTTPMethod
    package var address: BackendAddress
    package var headers: HTTPHeaders
    package var body: ByteBuffer?
    /// For everything, from finding the host to the last byte of the answer.
    package var deadline: NIODeadline
    package var maximumAnswerByteCount: Int

    package init(
        _ method: HTTPMethod,
        _ address: BackendAddress,
        headers: HTTPHeaders = HTTPHeaders(),
        body: ByteBuffer? = nil,
        deadline: NIODeadline,
        maximumAnswerByteCount: Int = 64 * 1024
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.maximumAnswerByteCount = maximumAnswerByteCount
    }
}
