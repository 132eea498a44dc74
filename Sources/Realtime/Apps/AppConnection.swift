// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A connection on which an app takes calls. Threads: any.
package protocol AppConnection: AnyObject, Sendable {
    /// The app's, as it was when it connected.
    var app: App { get }

    /// - Parameter completion: runs exactly once, on any thread; at the latest when the time is over.
    func send(
        _ call: AppCall, deadline: NIODeadline, completion: @escaping @Sendable (AppConnectionOutcome) -> Void)

    /// Puts the app out.
    func end()
}

/// What became of a call on an app's connection.
package enum AppConnectionOutcome: Sendable {
    /// With JSON text.
    case answered([UInt8])
    /// It answered with something that is no answer.
    case failed(String)
    /// The connection had ended before; the app has seen nothing.
    case unsent
    /// The connection ended before an answer.
    case lost
    case late
}
