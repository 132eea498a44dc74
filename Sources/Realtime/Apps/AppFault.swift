// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// One thing that is wrong with what was said of an app.
package struct AppFault: Sendable, Hashable {
    /// From the app's description.
    package var pointer: JSONPointer
    package var message: String
    package var hint: String?
}
