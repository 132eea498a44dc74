// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import NIOCore
import Tokens

/// Fetches key sets with a plain GET. Only a 200 counts; a redirect is not followed, as the operator named one address to trust.
struct BackendKeyFetcher: KeyFetcher {
    private static let deadline = TimeAmount.seconds(5)

    let backends: BackendClient
    /// One of the client's.
    let eventLoop: any EventLoop

    func fetch(_ address: String, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void) {
        guard let address = BackendAddress(address) else {
            return completion(.failure(KeyFault(.malformed, "not an address without user and fragment")))
        }
        let request = BackendRequest(
            .get, address, headers: ["Accept": "application/jwk-set+json, application/json"],
            deadline: .now() + Self.deadline, maximumAnswerByteCount: JSONWebKeys.maximumByteCount)
        self.backends.send(request, on: self.eventLoop).whenComplete { completion(Self.content(of: $0)) }
    }

    private static func content(of result: Result<HTTPResponse, any Error>) -> Result<[UInt8], KeyFault> {
        switch result {
        case .success(let response):
            switch response.status.code {
            case 200: return .success(Array(response.body.readableBytesView))
            case 301, 302, 303, 307, 308:
                return .failure(
                    KeyFault(.unreadable, "answers with a redirect; configure the address it leads to"))
            case let status: return .failure(KeyFault(.unreadable, "answers with status \(status)"))
            }
        case .failure(BackendFault.tooLong(let limit)):
            return .failure(KeyFault(.tooLarge, "the key set has more than \(limit) bytes"))
        case .failure(let error): return .failure(KeyFault(.unreadable, "\(error)"))
        }
    }
}
