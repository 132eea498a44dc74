// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which side of a connection this process is.
///
/// It decides who masks: a client masks every frame, a server none (RFC 6455 §5.1).
package enum WebSocketRole: Sendable {
    case server
    case client
}
