// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Dialect {
    /// Members with fixed values, by which a frame is known: `Shape(is: ["type": "connected"])`.
    public struct Shape: Sendable, Equatable {
        /// All of them have to fit.
        public var `is`: [Path: String]

        /// A shape of these members.
        public init(is members: [Path: String]) { self.is = members }
    }

    /// How channels are named in a command: one in the member `channel`, several as an array in `channels`.
    public struct ChannelCommand: Sendable, Equatable {
        /// The name of the command.
        public var name: String
        /// The member that names one channel; `nil`: one is named as several are.
        public var channel: String?
        /// The member that names several; `nil`: each has a command of its own.
        public var channels: String?
        /// What stands before and behind the part of a channel's name that the command carries: `room:` where `{"roomId":"7"}`
        /// means the channel `room:7`. A channel that has it not cannot be named.
        public var prefix: String
        /// See `prefix`.
        public var suffix: String

        /// A command, from its parts, each as the property of its name.
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
        /// The members by which the frame is known.
        public var `is`: [Path: String]
        /// Where the frame names one channel.
        public var channel: Path?
        /// Where it names several.
        public var channels: Path?
        /// Whether what was missed has come, or an array of the channels of which it has.
        public var recovered: Path?

        /// A confirmation, from its parts.
        public init(is members: [Path: String], channel: Path? = nil, channels: Path? = nil, recovered: Path? = nil) {
            self.is = members
            self.channel = channel
            self.channels = channels
            self.recovered = recovered
        }
    }

    /// A frame that says that the client is subscribed no more.
    public struct Unsubscribed: Sendable, Equatable {
        /// The members by which the frame is known.
        public var `is`: [Path: String]
        /// Where the frame names one channel.
        public var channel: Path?
        /// Where it names several.
        public var channels: Path?

        /// The end of a subscription, from its parts.
        public init(is members: [Path: String], channel: Path? = nil, channels: Path? = nil) {
            self.is = members
            self.channel = channel
            self.channels = channels
        }
    }

    /// A frame that refuses something.
    public struct Refused: Sendable, Equatable {
        /// The members by which the frame is known.
        public var `is`: [Path: String]
        /// Where it says what is wrong, in words.
        public var message: Path?
        /// Where it says it by a code, a text or a number.
        public var code: Path?
        /// Where it says of which channel.
        public var channel: Path?

        /// A refusal, from its parts.
        public init(is members: [Path: String], message: Path? = nil, code: Path? = nil, channel: Path? = nil) {
            self.is = members
            self.message = message
            self.code = code
            self.channel = channel
        }
    }

    /// Where an event's frame has what.
    public struct Event: Sendable, Equatable {
        /// Where the event has its name.
        public var name: Path
        /// Where it has its payload.
        public var data: Path
        /// Where it has its time.
        public var time: Path?
        /// Where it has its id.
        public var id: Path?
        /// Where it has its position, with which a client that comes back says what it has.
        public var position: Path?

        /// An event, from its parts.
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

        /// How positions are asked for.
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

        /// A namespace, and how it is joined.
        public init(namespace: String = "/", auth: String? = "token") {
            self.namespace = namespace
            self.auth = auth
        }
    }

    /// The frame that answers a command on a plain WebSocket.
    public struct Answer: Sendable, Equatable {
        /// The members by which the frame is known.
        public var `is`: [Path: String]
        /// Where the answer stands in the frame; `nil`: it is the whole frame.
        public var data: Path?

        /// An answer, from its parts.
        public init(is members: [Path: String], data: Path? = nil) {
            self.is = members
            self.data = data
        }
    }
}
