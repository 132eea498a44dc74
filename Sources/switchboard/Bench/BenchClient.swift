// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// How one subscriber of a benchmark connects and subscribes.
struct BenchClient: Sendable {
    let address: WebSocketAddress
    /// The namespace of a Socket.IO server; `nil`: the server speaks plain WebSocket.
    let namespace: String?
    /// What a Socket.IO client says of itself, a JSON object.
    let auth: String
    /// Whether a Socket.IO client polls instead of opening a WebSocket.
    let isPolling: Bool
    /// What subscribes.
    let subscribe: String
}
