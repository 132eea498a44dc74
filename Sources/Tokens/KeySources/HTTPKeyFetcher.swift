// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
// The only place of this target with Foundation: its URL session comes with the toolchain, and one request
// in ten minutes earns no HTTP client that everybody would have to build.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches a key set over HTTP or HTTPS with a plain GET.
///
/// Limits: the whole exchange has one deadline, the body one ceiling, both enforced while it arrives, after decompression.
/// Cost: while it waits for an answer, the session of swift-corelibs-foundation polls its socket without a pause (0.65 of
/// a core, measured on Swift 6.3). For the tenth of a second that an issuer takes this is nothing; an issuer that accepts
/// and stays silent costs it until the deadline, so the deadline is short and ``RemoteKeys`` spaces failed fetches out.
/// Only a 200 counts. Redirects are not followed: the operator named one address to trust, and a redirect could name any.
struct HTTPKeyFetcher: KeyFetcher {
    let deadline: Duration
    let maximumByteCount: Int

    init(deadline: Duration = .seconds(5), maximumByteCount: Int = JSONWebKeys.maximumByteCount) {
        self.deadline = deadline
        self.maximumByteCount = maximumByteCount
    }

    func fetch(_ address: KeyAddress, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void) {
        guard let url = URL(string: address.text) else {
            return completion(.failure(KeyFault(.malformed, "not an address")))
        }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        var request = URLRequest(url: url)
        request.setValue("application/jwk-set+json, application/json", forHTTPHeaderField: "Accept")
        let download = KeyDownload(maximumByteCount: self.maximumByteCount, completion: completion)
        let session = URLSession(configuration: configuration, delegate: download, delegateQueue: nil)
        let task = session.dataTask(with: request)
        task.resume()
        // The session keeps its delegate until it is told that nothing more comes.
        session.finishTasksAndInvalidate()
        // The session's own time limits start anew with every byte, which a slow sender uses.
        let (seconds, attoseconds) = self.deadline.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) {
            guard download.end(.failure(KeyFault(.unreadable, "no whole answer within \(self.deadline)"))) else {
                return
            }
            task.cancel()
        }
    }
}
