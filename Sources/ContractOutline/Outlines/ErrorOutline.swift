// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// An error in the platform's words.
package struct ErrorOutline: Sendable {
    /// The server's own code.
    package var code: String
    /// What clients are told.
    package var publicCode: String
    /// As the contract writes it, with places; `nil`: the server's own words.
    package var message: String?
    /// Ends the connection with this code; `nil`: it stays.
    package var closeCode: Int?
    /// The HTTP status.
    package var status: Int
    /// The contract has a rule of this name.
    package var isDeclared: Bool
    package var location: SourceLocation
}
