// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Dialect {
    /// Members with fixed values, by which a frame is known: `Shape(is: ["type": "connected"])`.
    public struct Shape: Sendable, Equatable {
        /// All of them have to fit.
        public var `is`: [Path: String]

        public init(is members: [Path: String]) { self.is = members }
    }

    /// How channels are named in a command: one in the member `channel`, several as an array in `channels`.
    public struct ChannelCommand: Sendable, Equatable {
        public var name: String
        public var channel: String?
        public var channels: String?
        /// What stands before and behind the part of a channel's name that the command carries: `room:` where `{"roomId":"7"}`
        /// means the channel `room:7`. A channel that has it not cannot be named.
        public var prefix: String
        public var suffix: String

        public init(
            name: String, channel: String? = nil, channels: String? = nil, prefix: String = "", suffix: String = ""
        ) {
            self.name = name
            self.channel = channel
            self.channels = channels
            self.prefix = prefix
            self.suffix = suffix
        }
    }

    /// A frame that says that the client is subscribed, and to what.
    public struct Subscribed: Sendable, Equatable {
        public var `is`: [Path: String]
        public var channel: Path?
        public var channels: Path?
        /// Whether what was missed has come, or an array of the channels of which it has.
        public var recovered: Path?

        public init(is members: [Path: String], channel: Path? = nil, channels: Path? = nil, recovered: Path? = nil) {
            self.is = members
            self.channel = channel
            self.channels = channels
            self.recovered = recovered
        }
    }

    /// A frame that says that the client is subscribed no more.
    public struct Unsubscribed: Sendable, Equatable {
        public var `is`: [Path: String]
        public var channel: Path?
        public var channels: Path?

        public init(is members: [Path: String], channel: Path? = nil, channels: Path? = nil) {
            self.is = members
            self.channel = channel
            self.channels = channels
        }
    }

    /// A frame that refuses something.
    public struct Refused: Sendable, Equatable {
        public var `is`: [Path: String]
        public var message: Path?
        public var code: Path?
        public var channel: Path?

        public init(is members: [Path: String], message: Path? = nil, code: Path? = nil, channel: Path? = nil) {
            self.is = members
            self.message = message
            self.code = code
            self.channel = channel
        }
    }

    /// Where an event's frame has what.
    public struct Event: Sendable, Equatable {
        public var name: Path
        public var data: Path
        public var time: Path?
        public var id: Path?
        public var position: Path?

        public init(name: Path, data: Path, time: Path? = nil, id: Path? = nil, position: Path? = nil) {
            self.name = name
            self.data = data
            self.time = time
            self.id = id
            self.position = position
        }
    }

    /// How a server is asked for the positions of events, and told the last one that the client has.
    public struct Positions: Sendable, Equatable {
        /// The query parameter that asks for them, set to `1`.
        public var query: String
        /// The member of the command `subscribe` that names the last one.
        public var since: String?

        public init(query: String, since: String? = nil) {
            self.query = query
            self.since = since
        }
    }

    /// What a Socket.IO client has to know besides the events.
    public struct SocketIO: Sendable, Equatable {
        /// Begins with `/`.
        public var namespace: String
        /// The member of what the client says of itself that carries the token; `nil`: none does.
        public var auth: String?

        public init(namespace: String = "/", auth: String? = "token") {
            self.namespace = namespace
            self.auth = auth
        }
    }

    /// The frame that answers a command on a plain WebSocket.
    public struct Answer: Sendable, Equatable {
        public var `is`: [Path: String]
        /// Where the answer stands in the frame; `nil`: it is the whole frame.
        public var data: Path?

        public init(is members: [Path: String], data: Path? = nil) {
            self.is = members
            self.data = data
        }
    }
}
