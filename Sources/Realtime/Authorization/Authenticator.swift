// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Decides who a connection belongs to. Called on the connection's loop, which it never blocks.
package protocol Authenticator: Sendable {
    /// - Parameters:
    ///   - credential: what the client gave, if anything.
    ///   - completion: runs exactly once, on `eventLoop`; before the call returns if the answer is known by
    ///     then. `nil` means: nobody in particular, on a platform that lets such connections in.
    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    )
}
