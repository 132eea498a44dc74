// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// A channel's socket, written to without NIO in between, while NIO has nothing queued for it.
///
/// A frame costs about 30 instructions this way and 4,600 through NIO's write path. Only used on the channel's loop, and
/// never after the channel became inactive: the number may then belong to another connection.
struct DirectSocket {
    /// What came of a `send`.
    enum Outcome {
        /// The kernel took this many bytes, which may be none and fewer than offered.
        case took(Int)
        /// The connection is gone.
        case broken
    }

    /// -1: there is no socket to write to, and everything goes through NIO.
    private var descriptor: CInt

    static let none = DirectSocket(descriptor: -1)

    private init(descriptor: CInt) { self.descriptor = descriptor }

    /// The socket of `channel`, or none if it has none, as a channel in memory.
    init(of channel: any Channel) {
        let operations = channel.pipeline.syncOperations
        let descriptor = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        self.descriptor = (descriptor ?? nil) ?? -1
    }

    /// Offers `bytes` to the kernel. Never blocks and never raises SIGPIPE.
    func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard self.descriptor >= 0, let base = bytes.baseAddress, !bytes.isEmpty else { return .took(0) }
        while true {
            let count = Glibc.send(
                self.descriptor, base, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            if count >= 0 { return .took(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK, ENOBUFS, ENOMEM: return .took(0)
            default: return .broken
            }
        }
    }
}
