// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import NIOCore

/// What becomes of one joined namespace's packets. Owned by the connection's event loop, which makes all calls.
package protocol SocketLinkHandler: AnyObject {
    /// - Parameters:
    ///   - arguments: an array whose first element is the event's name, a text or a number. A binary attachment stands as the
    ///     placeholder object that the client wrote; its place in `attachments` was checked.
    ///   - ack: the id to answer with `link.acknowledge`, once; `nil`: the client wants no answer.
    func received(_ arguments: JSONNode, attachments: [ByteBuffer], ack: UInt64?)

    /// The client answers an event that was sent with this id. Nothing is known of the id: it may never have been given.
    func received(ack: UInt64, _ arguments: JSONNode, attachments: [ByteBuffer])

    /// The namespace was left, by either side or with the connection. Called exactly once; nothing is called after it.
    func ended(_ reason: DisconnectReason)
}
