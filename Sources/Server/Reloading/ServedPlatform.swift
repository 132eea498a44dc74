// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Monitor
import Realtime

/// Makes what a listener serves by the contract that its platform has, with the Socket.IO sessions that it keeps.
typealias ApplicationMaker = @Sendable (ServedPlatform, ListenerRules, SocketIOListener?) -> PlatformApplication

/// A platform with everything about it that a reload exchanges.
struct ServedPlatform: Sendable {
    var platform: Platform
    var authenticator: StandingAuthenticator
    var monitor: PlatformMonitor
    /// What a mock backend breaks on purpose; `nil`: there is none.
    var gate: MockGate?
    /// In the order of the contract's listeners.
    var endpoints: [PlatformEndpoint]
}
