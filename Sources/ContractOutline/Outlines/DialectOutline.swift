// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How clients of a plain WebSocket endpoint tell its frames apart and write their own; the same in the client packages.
///
/// Paths are member names with dots between them: `data.channels`.
package struct DialectOutline: Sendable, Equatable {
    /// How channels are named in a command: one in the member `channel`, several in `channels`.
    package struct ChannelCommand: Sendable, Equatable {
        package var name: String
        package var channel: String?
        package var channels: String?

        package init(name: String, channel: String? = nil, channels: String? = nil) {
            self.name = name
            self.channel = channel
            self.channels = channels
        }
    }

    /// Members with fixed values, by their paths, in the order of the template.
    package struct Shape: Sendable, Equatable {
        package var fixed: [Member]
        /// What the frame tells besides: `channel`, `message`, … and the path where it stands.
        package var members: [Member]

        /// The path of what has this name.
        package subscript(name: String) -> String? { self.members.first { $0.name == name }?.value }
    }

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package struct Event: Sendable, Equatable {
        package var name: String
        package var data: String
        package var time: String?
        package var id: String?
        package var position: String?

        package init(
            name: String, data: String, time: String? = nil, id: String? = nil, position: String? = nil
        ) {
            self.name = name
            self.data = data
            self.time = time
            self.id = id
            self.position = position
        }
    }

    package struct Positions: Sendable, Equatable {
        package var query: String
        package var since: String?

        package init(query: String, since: String? = nil) {
            self.query = query
            self.since = since
        }
    }

    /// The member of a client's message that names its command.
    package var command: String
    package var subscribe: ChannelCommand?
    package var unsubscribe: ChannelCommand?
    /// The command that is answered with `pong`.
    package var ping: String?
    /// The member that holds what a command sends; `nil`: beside the command.
    package var data: String?
    package var welcome: Shape?
    /// Members `channel`, `channels`, `recovered`.
    package var subscribed: Shape?
    /// Members `channel`, `channels`.
    package var unsubscribed: Shape?
    package var pong: Shape?
    /// Members `message`, `code`, `channel`.
    package var error: Shape?
    package var event: Event
    /// The query parameter that carries the token; `nil`: none.
    package var token: String?
    package var positions: Positions?
}
