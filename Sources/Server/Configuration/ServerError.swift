// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why the server cannot start. The message is whole lines for standard
/// error: `[place: ]error: ` and what is wrong, then what to do as a hint.
package struct ServerError: Error, CustomStringConvertible {
    package var message: String

    package init(_ message: String) { self.message = message }

    package var description: String { self.message }
}
