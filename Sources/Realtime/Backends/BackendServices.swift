// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import Synchronization

/// Sends what the core wants a platform's backend to know or to answer.
package protocol BackendPoster: Sendable {
    /// - Parameter completion: runs exactly once, on `eventLoop`, one of the platform's; at once, or when the message's deadline is over at
    ///   the latest.
    func post(
        _ message: BackendMessage,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<BackendAnswer, BackendFailure>) -> Void
    )
}

/// How a platform reaches its backend, which whoever serves it lends. Threads: any.
package final class BackendServices: Sendable {
    private let lent = Mutex<(any BackendPoster)?>(nil)

    init() {}

    /// `nil`: there is no way out, as in tools and before the start.
    var poster: (any BackendPoster)? { self.lent.withLock { $0 } }

    package func exchange(_ poster: (any BackendPoster)?) { self.lent.withLock { $0 = poster } }
}
