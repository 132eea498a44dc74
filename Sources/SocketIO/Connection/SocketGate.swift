// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import EngineIO
package import JSON

/// Decides on one connection's CONNECT packets. Owned by the connection's event loop, which makes all calls.
package protocol SocketGate: AnyObject {
    /// A client asks to join `link.namespace`. Answer exactly once, now or later, with `link.accept` or one of `link.refuse`.
    ///
    /// - Parameter auth: an object; of a packet without one, the empty object. It may hold `pid` and `offset` of a connection before.
    func join(_ link: SocketLink, auth: JSONNode)

    /// The connection has ended; every link's handler was told before.
    func closed(_ reason: EngineCloseReason)
}
