// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO

/// Whether one connection's messages are received, which each of its namespaces may want to stop for a while. The heartbeat goes on.
/// Owned by the connection's loop.
final class SharedReceiving {
    private let port: any EnginePort
    private var pauses = 0

    init(_ port: any EnginePort) { self.port = port }

    func pause() {
        self.pauses += 1
        if self.pauses == 1 { self.port.setReceiving(false) }
    }

    func resume() {
        guard self.pauses > 0 else { return }
        self.pauses -= 1
        if self.pauses == 0 { self.port.setReceiving(true) }
    }
}

@available(*, unavailable)
extension SharedReceiving: Sendable {}
