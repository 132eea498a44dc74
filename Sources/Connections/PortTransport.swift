// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What carries a connection's bytes.
package enum PortTransport: String, Sendable { case webSocket = "websocket", polling }
