// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization

/// Where each app last published an event with some value in a field of its data, such as a question's id. In memory, and bounded for each
/// app: what it published least recently is forgotten. Threads: any.
final class PublishedTable: Sendable {
    private struct Key: Hashable {
        var field: String
        var value: String
    }

    /// Two generations: when the younger one is full, the elder one goes.
    private struct Places {
        var young: [Key: ChannelName] = [:]
        var old: [Key: ChannelName] = [:]

        mutating func note(_ channel: ChannelName, under key: Key) {
            if self.young.count >= PublishedTable.count {
                self.old = self.young
                self.young = [:]
            }
            self.young[key] = channel
        }
    }

    /// Of one app, remembered at least; at most twice as many.
    static let count = 4096
    /// Longer values are not remembered.
    private static let maximumValueByteCount = 128

    private let places = Mutex<[String: Places]>([:])

    func note(_ data: JSONNode, fields: [String], of app: String, in channel: ChannelName) {
        for field in fields {
            guard let node = data[field], let value = node.string ?? node.numberText,
                (1...Self.maximumValueByteCount).contains(value.utf8.count)
            else { continue }
            self.places.withLock {
                $0[app, default: Places()].note(channel, under: Key(field: field, value: value))
            }
        }
    }

    func channel(_ field: String, _ value: String, of app: String) -> ChannelName? {
        let key = Key(field: field, value: value)
        return self.places.withLock { $0[app]?.young[key] ?? $0[app]?.old[key] }
    }

    /// Forgets what apps published that are not registered any more.
    func keep(_ apps: [App]) {
        let known = Set(apps.map(\.id))
        self.places.withLock { places in places = places.filter { known.contains($0.key) } }
    }
}
