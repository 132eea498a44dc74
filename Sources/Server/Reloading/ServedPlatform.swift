// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// A platform with everything about it that a reload exchanges.
struct ServedPlatform: Sendable {
    var platform: Platform
    var authenticator: StandingAuthenticator
    /// In the order of the contract's listeners.
    var endpoints: [PlatformEndpoint]
}
