// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime

extension AdminAPI {
    /// Signs a user in: an access token with the contract's secret, and a refresh token. Both are shown in this answer and never again.
    func createTokens(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let body = try exchange.body()
        let request: SessionRequest
        do throws(RequestError) {
            request = try SessionRequest(reading: body, takesLifetime: false)
        } catch { throw APIError(error) }
        platform.issueTokens(for: request.identity) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let tokens): exchange.answer(.json(.created, ByteBuffer(bytes: tokens.json)))
            }
        }
    }
}
