// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One wire language of one platform. Stateless: what a connection has negotiated is passed in. Called on any event loop.
package protocol Dialect: Sendable {
    /// The name of the dialect in metrics and the admin API.
    var name: String { get }

    /// Which connections speak it. A platform has one dialect of each kind at most.
    var kind: DialectKind { get }

    /// The frames that tell subscribers of `channels` about a publication; the same bytes serve every subscriber.
    ///
    /// - Returns: one frame for all channels, or one for each when the frame names the channel; one when there are no channels.
    func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame]

    /// The frame for something that concerns one connection, from what the scope says of it; `nil` when the platform does not tell.
    func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer?
}

extension Dialect {
    package var kind: DialectKind { .plain }
}

/// The connections of a platform that are sent the same bytes.
package enum DialectKind: Sendable {
    /// Plain JSON over WebSocket.
    case plain
    /// The same with the positions that a client asked for.
    case plainWithPositions
    case socketIO
}

/// What the core tells one connection by itself.
package enum Notice: Sendable {
    case connected
    /// The scope names the channel.
    case subscriptionEnded
    /// So many frames were left out because the client read too slowly.
    case lost(Int)
    /// The client's token has expired, and the connection will end after a while.
    case expired
    /// The client's token was revoked, and the connection will end after a while.
    case revoked
    /// The scope has a one-time token for the next connection.
    case resume
    /// The scope has the error, and its message in the platform's words.
    case failed(RequestError)
}

/// A publication in one dialect's bytes, framed for the transport, with the places for its time and id.
package struct EncodedFrame: Sendable {
    package var bytes: ByteBuffer
    /// Where the 24 bytes of the time go, from the first byte of `bytes`.
    package var timeHoles: [Int]
    /// Where the 16 bytes of the id go.
    package var idHoles: [Int]

    package init(bytes: ByteBuffer, timeHoles: [Int] = [], idHoles: [Int] = []) {
        self.bytes = bytes
        self.timeHoles = timeHoles
        self.idHoles = idHoles
    }

    mutating func fill(_ stamp: Stamp) {
        if self.timeHoles.isEmpty && self.idHoles.isEmpty { return }
        let (timeHoles, idHoles) = (self.timeHoles, self.idHoles)
        self.bytes.withUnsafeMutableReadableBytes { bytes in
            for hole in timeHoles { stamp.time.write(to: bytes, at: hole) }
            for hole in idHoles { stamp.writeID(to: bytes, at: hole) }
        }
    }
}
