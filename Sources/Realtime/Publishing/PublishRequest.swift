// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What somebody wants published. Nothing of it has been checked.
package struct PublishRequest: Sendable {
    package enum Publisher: Sendable {
        /// Its right was checked at the door.
        case backend
        /// A client, who needs the right to publish on every channel that it goes to.
        case client(Identity?)
    }

    package var publisher = Publisher.backend
    package var event: String
    package var data: JSONNode
    /// Replaces the event's own routes.
    package var channels: [String]?
    /// Goes to these users' own channels, besides the channels above or, without them, instead of the event's routes.
    package var users: [String]?
    package var id: String?
    /// RFC 3339; told to clients instead of the moment of publication.
    package var time: String?
    package var idempotencyKey: String?
    /// In no history, whatever its event and channels say.
    var isEphemeral = false
    /// It ends what an earlier one began: nothing follows from it.
    var isEnd = false
    /// This user's connections do not get it.
    var except: UserID?

    package init(
        event: String,
        data: JSONNode,
        channels: [String]? = nil,
        users: [String]? = nil,
        id: String? = nil,
        time: String? = nil,
        idempotencyKey: String? = nil
    ) {
        self.event = event
        self.data = data
        self.channels = channels
        self.users = users
        self.id = id
        self.time = time
        self.idempotencyKey = idempotencyKey
    }
}
