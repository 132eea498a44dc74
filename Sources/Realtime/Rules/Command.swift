// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a message from a client makes the server do: a binding to one of the core's operations.
package struct Command: Sendable {
    /// The channels a message names: texts from templates, or every element of an array.
    package enum ChannelSource: Sendable {
        case text(TextTemplate)
        case each(TemplatePath)
    }

    package enum Operation: Sendable {
        /// `each` answers for every channel joined or left.
        case subscribe(channels: [ChannelSource], each: Template?)
        case unsubscribe(channels: [ChannelSource], each: Template?)
        /// The last known state of channels the user may subscribe to. `result.record` is the first one's,
        /// `result.records` maps each channel to its record or null.
        case record(channels: [ChannelSource], reply: Template)
        /// Just answers.
        case reply(Template)
    }

    package var operation: Operation
    package var location: SourceLocation

    package init(_ operation: Operation, location: SourceLocation) {
        self.operation = operation
        self.location = location
    }
}
