// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Behind TLS: lets a connection that is closed on this side end with the peer's goodbye.
///
/// Where a channel lets its peer end one side first, NIOSSL takes the goodbye that answers ours for such an end, and goes on
/// waiting until its time for a shutdown is over.
final class EncryptedClosing: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Of a channel that is closed already there is nothing to set.
        if mode == .all { try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false) }
        context.close(mode: mode, promise: promise)
    }
}
