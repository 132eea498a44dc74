// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// One of a platform's own sessions as the operator sees it.
struct SessionDescription: Sendable {
    private let session: StoredCredential
    /// Only its holder and whoever made it know the id.
    private let id: String?

    init(_ session: StoredCredential, id: String? = nil) {
        self.session = session
        self.id = id
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let id {
            writer.key("id")
            writer.string(id)
        }
        writer.key("key")
        writer.string(self.session.key)
        writer.key("user")
        writer.string(self.session.user.rawValue)
        // The store has the rest as it is shown.
        if let content = try? JSONDocument(parsing: self.session.content, maximumDepth: JSONDocument.deepestNesting) {
            for member in content.root.members {
                writer.key(member.name)
                writer.raw(member.value)
            }
        }
        writer.key("createdAt")
        writer.string(self.session.createdAt.description)
        writer.key("expiresAt")
        writer.string(self.session.expiresAt.description)
        writer.endObject()
    }
}
