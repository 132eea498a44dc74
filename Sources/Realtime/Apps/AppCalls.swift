// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Brings calls to apps, and their answers back. Threads: any.
package protocol AppCalls: Sendable {
    /// - Parameter completion: runs exactly once, on `eventLoop`: with JSON text, or with `appUnavailable` or `appFailed`.
    func call(
        _ call: AppCall, on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<[UInt8], RequestError>) -> Void)

    /// An app takes calls on a connection from now on.
    func opened(_ connection: any AppConnection)

    /// The connection takes no more calls.
    func closed(_ connection: any AppConnection)

    /// An app answered what was not asked, was answered before, or was given up.
    func ignoredAnswer(of app: String)

    /// Ends the connections of apps that are not registered any more, or have another key.
    func recheck(_ apps: AppTable)
}
