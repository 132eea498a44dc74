// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

/// One connection of a client, with what is spoken on it. Owned by the connection's event loop.
package protocol Link: ConnectionSession {
    /// Says something that counts for the server: a message as it is, or to a Socket.IO server the JSON array of an event.
    ///
    /// - Parameter id: of the answer that is asked for; only Socket.IO has such.
    func say(_ text: String, id: Int?)

    /// Shows a sign of life, and has the connection end unless the server shows one in time.
    func beat()

    func setReceiving(_ isReceiving: Bool)

    /// Ends the connection, politely; the listener hears of it.
    func close()
}

/// What hears a link. All calls come from the loop: `linkOpened` at most once, then what is received, then `linkClosed` exactly once.
package protocol LinkListener: AnyObject {
    /// The link can be spoken on: the handshake is done, and of Socket.IO the namespace is joined.
    func linkOpened(_ opening: LinkOpening)

    /// A message, or the JSON array of an event. The bytes are only valid during the call.
    func linkReceived(_ text: UnsafeRawBufferPointer)

    /// The JSON array of an answer to what was said with this id. The bytes are only valid during the call.
    func linkAnswered(_ text: UnsafeRawBufferPointer, id: Int)

    /// A binary message, which nothing is read of.
    func linkReceived(binaryByteCount: Int)

    /// Something that is no packet, or none that a server sends, in a line of plain words. The link ends or goes on as its protocol says.
    func linkBroken(_ problem: String)

    /// The connection has ended. Also when it never opened.
    func linkClosed(_ ending: LinkEnding)
}

/// What a link's opening says.
package struct LinkOpening: Sendable {
    /// The secret with which a Socket.IO client comes back; `nil`: it cannot.
    package var secret: String?

    package init(secret: String? = nil) { self.secret = secret }
}

/// Why a link has ended, as far as it was told.
package enum LinkEnding: Sendable, Equatable {
    /// The connection went, or this side closed it.
    case gone
    /// The peer closed it, with what it said.
    case closed(code: UInt16?, reason: String)
    /// The namespace was refused, with what the server's packet says, a JSON text.
    case refused(String)
    /// The server has this client leave the namespace.
    case left
    /// Nothing came for too long.
    case silent
    /// The server does not keep to the protocol.
    case broken(String)
}
