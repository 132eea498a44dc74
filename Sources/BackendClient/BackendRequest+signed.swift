// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
package import NIOCore

extension BackendRequest {
    /// A POST of JSON that its receiver can believe: every message of the server's own has this form.
    ///
    /// - Parameters:
    ///   - id: of the message, the same each time it is tried.
    ///   - time: of this try, in seconds since 1970.
    package static func signed(
        _ signature: WebhookSignature,
        _ address: BackendAddress,
        id: String,
        time: Int64,
        body: [UInt8],
        deadline: NIODeadline,
        maximumAnswerByteCount: Int = 64 * 1024
    ) -> BackendRequest {
        var headers = signature.headers(id: id, time: time, body: body)
        headers.append("Content-Type", "application/json")
        headers.append("User-Agent", "Switchboard")
        return BackendRequest(
            .post, address, headers: headers, body: ByteBuffer(bytes: body), deadline: deadline,
            maximumAnswerByteCount: maximumAnswerByteCount)
    }
}
