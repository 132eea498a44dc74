// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A WebSocket whose connection was accepted on another loop than its session's: what both ends know of each other.
///
/// A session stays on the loop of its first request, and the kernel hands connections to loops as they come, so this is what most
/// sessions use that were polled before.
final class Relay: Sendable {
    let connectionLoop: any EventLoop
    /// The session's end, on the session's loop.
    let socket: NIOLoopBoundBox<RelayedSocket?>
    /// The connection's end, on the connection's loop.
    let connection: NIOLoopBoundBox<RelayedConnection?>

    init(sessionLoop: any EventLoop, connectionLoop: any EventLoop) {
        self.connectionLoop = connectionLoop
        self.socket = .makeEmptyBox(eventLoop: sessionLoop)
        self.connection = .makeEmptyBox(eventLoop: connectionLoop)
    }
}
