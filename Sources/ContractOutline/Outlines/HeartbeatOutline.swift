// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The server's pings, in milliseconds.
package struct HeartbeatOutline: Sendable, Equatable {
    package var every: Int64
    package var timeout: Int64
}
