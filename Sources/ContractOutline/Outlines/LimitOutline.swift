// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// A limit that clients or backends may meet.
package struct LimitOutline: Sendable {
    /// The key under `limits`: `messages`, `idle`.
    package var key: String
    /// As a contract writes it: `60/min per connection`, `64KiB`, `15m`.
    package var text: String
    package var meaning: String
    /// A count, bytes or milliseconds.
    package var amount: Int64
    /// Milliseconds in which so many are counted; `nil`: at once, or over a whole connection.
    package var window: Int64?
    /// `connection`, `user`, `address`, `channel`, `app`; `nil`: the limit has none.
    package var scope: String?
    package var location: SourceLocation
}
