// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import NIOCore

/// One packet of Socket.IO 5, whole and checked, as a client sent it.
package struct SocketPacket {
    /// The digit that a packet begins with.
    package enum Kind: UInt8, Sendable {
        case connect = 0
        case disconnect, event, ack, connectError, binaryEvent, binaryAck

        /// Whether an attachment count stands behind the digit.
        package var isBinary: Bool { self == .binaryEvent || self == .binaryAck }
    }

    package var kind: Kind
    /// Begins with `/`; a query that the client may have written behind it is left out.
    package var namespace: String
    /// The number as parsed, so that `007` is 7. On an event: the client wants an answer. On an answer: which event it is for.
    package var ack: UInt64?
    /// `connect`: an object, or nil. Events: an array whose first element is a text or a number. Answers: an array, or nil where the client
    /// left it out. `disconnect`: nil.
    package var payload: JSONNode?
    /// Of binary kinds: what the placeholders in the payload stand for, by their `num`, each of which is a place in this list.
    package var attachments: [ByteBuffer] = []
}
