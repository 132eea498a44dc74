// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// No secret could be made for a variable that is not set.
package struct SecretFailure: Error {
    /// For people, in one line.
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}
