// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Names that Socket.IO keeps for itself: its libraries throw when such an event is emitted, or take it for one of theirs.
enum ReservedEvents {
    static let names = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]

    /// Reports those keys of a map of events that are reserved.
    static func check(_ node: DocumentNode?, _ faults: FaultCollector) {
        guard case .map(let entries)? = node?.value else { return }
        for entry in entries where self.names.contains(entry.key) {
            faults.error(
                "Socket.IO keeps the name \"\(entry.key)\" for itself", at: entry.keyLocation,
                hint: "choose another name")
        }
    }
}
