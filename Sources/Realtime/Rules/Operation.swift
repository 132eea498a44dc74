// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a binding makes the server do. Without a `reply` nothing is sent back; a Socket.IO command may have an `ack` of its own.
///
/// The set is closed: a need that does not fit is a new operation, never a script.
package enum Operation: Sendable {
    /// The channels a request names: texts from templates, or every element of an array; a text there stands for itself.
    package enum ChannelSource: Sendable {
        case text(TextTemplate)
        case each(TemplatePath)
        /// Each element of an array between the same two texts. An element that is no text names nothing.
        case eachWithin(TextTemplate, TemplatePath, TextTemplate)

        /// Whether names of the pattern may come of it; see ``TextTemplate/mayName(_:)``.
        func mayName(_ pattern: ChannelPattern) -> Bool {
            switch self {
            case .text(let template): template.mayName(pattern)
            case .each: false
            case .eachWithin(let before, _, _): before.mayName(pattern)
            }
        }
    }

    /// An event from a request.
    package struct Publish: Sendable {
        package var event: TextTemplate
        package var data: Template
        /// Replace the event's own routes when they name anything.
        package var channels: [ChannelSource] = []
        package var users: [ChannelSource] = []
        /// Where it goes when `channels` and `users` name nothing and the event has no routes of its own.
        package var otherwise: [String] = []
        /// `data` or the answer has the fresh id, which is then the publication's.
        package var usesNewID = false
        package var reply: Template?

        package init(event: TextTemplate, data: Template) {
            self.event = event
            self.data = data
        }
    }

    /// The last known state of channels that the caller may subscribe to; a wildcard stands for every record of its pattern.
    ///
    /// `result.record` is the first one's, `result.records` maps each channel to its record, or null where it has none.
    package struct Record: Sendable {
        package var channels: [ChannelSource]
        /// What `result.records` calls a channel, from `channel`; `nil`: by its name.
        package var key: TextTemplate?
        /// What stands for a record there, from `result.record` and `channel`; `nil`: the record itself.
        package var item: Template?
        /// What stands there for a channel without a record, from `channel`; `nil`: null.
        package var missing: Template?
        /// `nil`: nothing is answered by itself.
        package var reply: Template?

        package init(channels: [ChannelSource], reply: Template?) {
            self.channels = channels
            self.reply = reply
        }
    }

    /// Kept publications of one channel, oldest first.
    package struct History: Sendable {
        package var channels: [ChannelSource]
        package var limit: TextTemplate?
        /// Ids of publications: only those before, or after, this one.
        package var before: TextTemplate?
        package var since: TextTemplate?
        /// One publication.
        package var item: Template
        package var reply: Template?

        package init(channels: [ChannelSource], item: Template, reply: Template?) {
            self.channels = channels
            self.item = item
            self.reply = reply
        }
    }

    /// What is kept for the user.
    package struct Inbox: Sendable {
        package var since: TextTemplate?
        package var limit: TextTemplate?
        package var item: Template
        package var reply: Template?

        package init(item: Template, reply: Template?) {
            self.item = item
            self.reply = reply
        }
    }

    /// A client's event for the app that owns its prefix. `result` is the app's answer, any JSON.
    package struct Call: Sendable {
        /// How the channel is found that the event is about.
        package enum Place: Sendable {
            case text(TextTemplate)
            /// Where the app last published an event whose data had this value in this field.
            case published(field: String, value: TextTemplate)
            /// The only channel of the pattern that the connection is subscribed to.
            case only(ChannelPattern)
        }

        /// The first that is found counts; empty: the event is about no channel.
        package var channel: [Place] = []
        /// Records that the app is told, by name, of channels that `channel` and `user` lead to.
        package var facts: [(name: String, channel: TextTemplate)] = []
        package var reply: Template?

        package init() {}

        /// Of what apps publish, the fields by which channels are found.
        package var publishedFields: [String] {
            self.channel.compactMap { if case .published(let field, _) = $0 { field } else { nil } }
        }
    }

    /// `each` answers for every channel joined or left, `reply` once for all of them, unless there is none. `since`: the last
    /// position the client had.
    case subscribe(channels: [ChannelSource], since: TextTemplate? = nil, each: Template?, reply: Template? = nil)
    case unsubscribe(channels: [ChannelSource], each: Template?, reply: Template? = nil)
    case record(Record)
    case publish(Publish)
    /// Who of these users is online.
    case presence(users: [ChannelSource], each: Template?, reply: Template?)
    /// Who is online in a channel: `result.users`, objects with `id`, `name`, `avatar` and `connectedAt`, and `result.count`.
    case channelPresence(channels: [ChannelSource], reply: Template?)
    case history(History)
    case inbox(Inbox)
    /// A publication of the user's inbox, by its id, is read. `result.id`.
    case markRead(notification: TextTemplate, reply: Template?)
    /// The connection rests on another token of its user from now on. `result.expiresAt`.
    case refresh(token: TextTemplate, reply: Template?)
    /// A refresh token becomes the next tokens: `result.accessToken`, `result.refreshToken`, and `result.expiresIn` in seconds.
    case refreshToken(token: TextTemplate, reply: Template?)
    /// What an app says of its events. `result.app`, `result.events`.
    case appEvents(app: TextTemplate, reply: Template?)
    case call(Call)
    /// Counts of the platform: what `health` and `stats` are.
    case state(reply: Template?)
    /// Just answers.
    case reply(Template?)

    /// It joins or leaves channels.
    var isAboutSubscriptions: Bool {
        switch self {
        case .subscribe, .unsubscribe: true
        default: false
        }
    }

    /// Its answer lets whoever has it in.
    package var answersWithSecrets: Bool { if case .refreshToken = self { true } else { false } }
}
