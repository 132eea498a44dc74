// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whom a broadcast is for. A socket's id is the name of a room in which it is alone.
struct Audience: Sendable {
    /// nil: the whole namespace. Rooms that do not exist hold nobody.
    var rooms: [String]?
    /// Who is in one of these gets nothing.
    var except: [String] = []

    /// Whether a socket with this id and these rooms belongs to it.
    func includes(id: String, rooms: Set<String>) -> Bool {
        func isIn(_ room: String) -> Bool { room == id || rooms.contains(room) }
        guard !self.except.contains(where: isIn) else { return false }
        return self.rooms?.contains(where: isIn) ?? true
    }
}
