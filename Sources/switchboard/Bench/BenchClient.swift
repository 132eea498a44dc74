// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// How one subscriber of a benchmark connects and subscribes.
struct BenchClient: Sendable {
    let address: WebSocketAddress
    let dialect: ClientDialect
    /// Whether a Socket.IO client polls instead of opening a WebSocket.
    let isPolling: Bool
    /// The text of the frame that subscribes.
    let subscribe: String
}
