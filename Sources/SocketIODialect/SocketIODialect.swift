// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Socket.IO in one platform's words.
package struct SocketIODialect {}
