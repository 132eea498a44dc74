// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import JSONSchema

/// One kind of event that a platform knows: its payload, where it goes, and what follows from it.
package struct EventType: Sendable {
    /// One place an event goes to.
    package enum Route: Sendable {
        case channel(NameTemplate, location: SourceLocation)
        /// One channel for each member of another.
        /// `except`: this user's is left out.
        case membersOf(NameTemplate, as: NameTemplate, except: NameTemplate? = nil, location: SourceLocation)
        /// One channel for each user who is a member, as this user is, of a channel of the pattern; not for himself.
        case companionsOf(NameTemplate, in: ChannelPattern, as: NameTemplate, location: SourceLocation)
    }

    /// What an event says about who belongs to a channel.
    package struct MemberEffect: Sendable {
        package enum Change: Sendable {
            case add([NameTemplate])
            case remove([NameTemplate])
            /// Share the members of another channel.
            case link(NameTemplate)
        }

        package var channel: NameTemplate
        package var change: Change

        package init(channel: NameTemplate, change: Change) {
            self.channel = channel
            self.change = change
        }
    }

    /// What an event says about a channel's last known state.
    package struct RecordEffect: Sendable {
        package enum Change: Sendable {
            case replace(Template)
            /// RFC 7396: members of the template replace those of the record, `null` removes.
            case merge(Template)
            case remove
        }

        package var channel: NameTemplate
        package var change: Change

        package init(channel: NameTemplate, change: Change) {
            self.channel = channel
            self.change = change
        }
    }

    /// How an event that says something of the present ends by itself: with another one of it.
    package struct Expiry: Sendable {
        /// Tells what is ended: a later event with the same key takes the place of an earlier one.
        package var key: NameTemplate
        /// Milliseconds.
        package var after: Int64
        /// The payload that ends it, from the payload of the event.
        package var data: Template

        package init(key: NameTemplate, after: Int64, data: Template) {
            self.key = key
            self.after = after
            self.data = data
        }
    }

    package var name: String
    /// The publication's id, from the payload; `nil`, as for a template that makes none: the publisher's, or a fresh one.
    package var id: NameTemplate?
    /// `nil`: any payload.
    package var schema: CompiledSchema?
    package var routes: [Route]
    package var memberEffects: [MemberEffect]
    package var recordEffects: [RecordEffect]
    /// How long it is kept for the audience of each channel it goes to, in milliseconds; `nil`: it is not.
    package var inboxAge: Int64?
    /// In no history, whatever its channels say.
    package var isEphemeral = false
    package var markup = Markup.keep
    /// The connections that it reaches end so many milliseconds later; `nil`: they stay.
    package var endsConnectionsAfter: Int64?
    /// `nil`: it does not end.
    package var expiry: Expiry?
    /// What follows from it, in order. Nothing follows from that.
    package var derived: [DerivedEvent] = []
    /// Payloads from the contract, each valid.
    package var examples: [JSONDocument]
    package var location: SourceLocation

    package init(
        name: String,
        schema: CompiledSchema? = nil,
        routes: [Route],
        memberEffects: [MemberEffect] = [],
        recordEffects: [RecordEffect] = [],
        examples: [JSONDocument] = [],
        location: SourceLocation
    ) {
        self.name = name
        self.schema = schema
        self.routes = routes
        self.memberEffects = memberEffects
        self.recordEffects = recordEffects
        self.examples = examples
        self.location = location
    }
}
