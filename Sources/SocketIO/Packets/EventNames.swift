// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Names that the libraries on both sides use for events of their own; no packet may carry one.
enum EventNames {
    static let reserved = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]

    static func isReserved(_ name: String) -> Bool { Self.reserved.contains(name) }

    /// Compares bytes, escapes decoded.
    static func isReserved(_ name: JSONNode) -> Bool {
        name.kind == .string && Self.reserved.contains { name.isString(equalTo: $0) }
    }
}
