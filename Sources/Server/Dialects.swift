// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SocketIODialect
import WebSocketDialect

extension PlatformDefinition {
    /// The wire languages of the contract's clients, in an order that no reload changes as long as listeners stay: that of every
    /// plain connection, that of Socket.IO, and that of plain connections which ask for positions. Without listeners the first.
    var dialects: [any Dialect] {
        var dialects: [any Dialect] = []
        let hasSocketIO = self.listeners.contains(where: \.isSocketIO)
        if !hasSocketIO || self.listeners.contains(where: { !$0.isSocketIO }) { dialects.append(PlainDialect(self)) }
        if hasSocketIO { dialects.append(SocketIODialect(self)) }
        if let positions = PlainDialect(withPositions: self) { dialects.append(positions) }
        return dialects
    }
}
