// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What the server sends by itself.
package struct FrameOutline: Sendable {
    /// A key of `frames`: `connected`, `publication`, `error`, …; `recovery` is what clients get that asked for positions.
    package var name: String
    /// JSON text.
    package var template: String
    /// The contract does not write it; it is the server's own.
    package var isDefault: Bool
    package var location: SourceLocation
}
