// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract says of calls to apps.
package struct AppCallRules: Sendable, Equatable {
    /// Milliseconds from the client's event to the app's answer, whatever is tried in between.
    package var deadline: Int64 = 5_000
    /// Calls of one app that may be under way at once.
    package var concurrency = 64
    /// After failures in a row of so many users, or four times as many of fewer, an app is not asked for a while.
    package var failures = 5
    /// Milliseconds until it is asked again.
    package var pause: Int64 = 10_000

    package init() {}
}
