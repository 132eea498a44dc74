// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What one client has chosen among channels that have one name for all of them. Owned by its session.
package struct ChannelSelection: Sendable, Hashable {
    /// Channels that were left while the name for all of them was kept.
    package var exceptions: Set<ChannelName> = []
    /// Subscriptions of the contract that end when the client subscribes by himself.
    package var untilSubscribe: Set<ChannelName> = []
    /// Patterns, as the contract writes them, of which the client has chosen channels by himself, so that the contract does not do
    /// it for him any more.
    package var chosen: Set<String> = []

    package init() {}

    /// As `write(to:)` wrote it; what is no name is left out.
    init(_ content: JSONNode) {
        func texts(_ key: String) -> [String] { content[key]?.elements.compactMap(\.string) ?? [] }
        self.exceptions = Set(texts("exceptions").compactMap { ChannelName($0) })
        self.untilSubscribe = Set(texts("untilSubscribe").compactMap { ChannelName($0) })
        self.chosen = Set(texts("chosen"))
    }

    /// Writes an object with a list for each member.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, texts) in [
            ("exceptions", self.exceptions.map(\.rawValue)), ("untilSubscribe", self.untilSubscribe.map(\.rawValue)),
            ("chosen", Array(self.chosen)),
        ] {
            writer.key(key)
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        }
        writer.endObject()
    }
}
