// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import WebSocketProtocol

/// An upgrade that the application has agreed to.
struct UpgradeAcceptance {
    let settings: WebSocketSettings
    /// The 101 response.
    let response: ByteBuffer
    let makeSession: (any OutboundPort) -> any ConnectionSession

    /// Puts a WebSocket in the place of `old`, the handler that received the request, and starts it.
    ///
    /// - Parameter received: bytes that came behind the request and have been read.
    func replace(
        _ old: some LoopConnection & RemovableChannelHandler, in context: ChannelHandlerContext,
        reception: Reception, received: ByteBuffer
    ) {
        let channel = context.channel
        let connection = WebSocketConnection(
            loop: reception.loop, settings: self.settings, role: .server, isEncrypted: reception.isEncrypted)
        do {
            // A WebSocket has no use for half a connection: with the peer's side closed no close frame can come.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            try context.pipeline.syncOperations.addHandler(connection, position: .after(old))
        } catch {
            channel.close(promise: nil)
            return
        }
        reception.loop.replace(old, by: connection)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        connection.start(opening: self.response, received: received, makeSession: self.makeSession)
    }
}
