// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// Where clients connect.
package struct EndpointOutline: Sendable {
    /// `nil`: every address of the machine.
    package var host: String?
    package var port: Int
    /// `/ws`, `/socket.io`.
    package var path: String
    package var isSocketIO: Bool
    package var isSecure: Bool
    /// Pages that may connect; `*` for every page.
    package var origins: [String]
    /// Of a Socket.IO endpoint.
    package var namespaces: [NamespaceOutline]
    package var location: SourceLocation
}
