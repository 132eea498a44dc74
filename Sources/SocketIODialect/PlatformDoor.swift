// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import EngineIO
package import JSON
package import Realtime

/// What the connections of one of a platform's Socket.IO listeners share.
package struct PlatformDoor: Sendable {
    package let platform: Platform
    /// The listener's place among the contract's.
    package let listener: Int
    package let authenticator: any Authenticator
    /// Finds the credential that a client brings with a CONNECT packet's `auth`, or brought with its first request. Nothing is checked.
    package let credential: @Sendable (AuthRules, EngineHandshake, JSONNode) -> Credential?
    /// Numbers that no other connection of this process has, for the second and later namespaces of one.
    package let makeNumber: @Sendable () -> UInt64

    package init(
        _ platform: Platform,
        listener: Int,
        authenticator: any Authenticator,
        credential: @escaping @Sendable (AuthRules, EngineHandshake, JSONNode) -> Credential?,
        makeNumber: @escaping @Sendable () -> UInt64
    ) {
        self.platform = platform
        self.listener = listener
        self.authenticator = authenticator
        self.credential = credential
        self.makeNumber = makeNumber
    }
}
