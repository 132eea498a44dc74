// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What a connection had when it ended, and gets back when its client returns in time.
package struct ReturnState: Sendable, Equatable {
    /// Whoever returns is the same one; `nil`: nobody in particular, both times.
    package var user: UserID?
    package var namespace: String
    /// By which other clients may know the connection.
    package var id: String
    /// A position before everything that the connection was sent.
    package var start: String
    package var channels: [ChannelName]
    /// What the client had chosen where one name stands for several channels; `nil`: nothing.
    package var selection: ChannelSelection?

    package init(
        user: UserID?, namespace: String, id: String, start: String, channels: [ChannelName],
        selection: ChannelSelection? = nil
    ) {
        self.user = user
        self.namespace = namespace
        self.id = id
        self.start = start
        self.channels = channels
        self.selection = selection
    }

    /// - Returns: `nil` for a content that is none of these, which only a damaged store has.
    init?(_ credential: StoredCredential) {
        guard let content = try? JSONDocument(parsing: credential.content).root,
            let namespace = content["namespace"]?.string, let id = content["id"]?.string,
            let start = content["start"]?.string, let channels = content["channels"]
        else { return nil }
        self.user = content["isKnown"]?.bool == true ? credential.user : nil
        self.namespace = namespace
        self.id = id
        self.start = start
        self.channels = channels.elements.compactMap { $0.string.flatMap { ChannelName($0) } }
        self.selection = content["selection"].map { ChannelSelection($0) }
    }

    /// As the content of a stored credential.
    var content: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("namespace")
        writer.string(self.namespace)
        writer.key("id")
        writer.string(self.id)
        writer.key("start")
        writer.string(self.start)
        writer.key("isKnown")
        writer.bool(self.user != nil)
        writer.key("channels")
        writer.beginArray()
        for channel in self.channels { writer.string(channel.rawValue) }
        writer.endArray()
        if let selection {
            writer.key("selection")
            selection.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }
}
