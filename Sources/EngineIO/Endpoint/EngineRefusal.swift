// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An application's answer to a handshake that it does not want.
package struct EngineRefusal: Error, Hashable, Sendable {
    /// Told to clients that poll; `EngineFault.forbidden`'s unless there is reason for another.
    package var code: Int
    /// Told to the client as it is.
    package var message: String

    package init(code: Int = 4, message: String = "Forbidden") {
        self.code = code
        self.message = message
    }
}
