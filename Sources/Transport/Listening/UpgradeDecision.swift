// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import HTTP

/// What the application makes of an upgrade request.
package enum UpgradeDecision {
    /// Answer 101. `makeSession` is called at once, with the connection to send on, and then the session's `opened`;
    /// what both send leaves in one write with the 101.
    case accept(WebSocketSettings, makeSession: (any OutboundPort) -> any ConnectionSession)
    /// Answer this and close. Only for what is decided before a WebSocket exists (a disallowed Origin, throttling, an
    /// unknown path): browsers see nothing of it but 1006 (ALL-D03).
    case refuse(HTTPResponse)
}
