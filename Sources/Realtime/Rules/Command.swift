// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import JSONSchema

/// What a message from a client makes the server do: a binding to one of the core's operations.
package struct Command: Sendable {
    package typealias ChannelSource = Operation.ChannelSource

    /// What a Socket.IO client is answered, besides or instead of the operation's own answers.
    package struct SocketIOAnswers: Sendable {
        /// Answers the callback of a command that was carried out; `nil`: without arguments.
        package var ack: Template?
        /// Answers the callback of one that was not; `nil`: with the platform's `frames.fail`.
        package var fail: Template?
        /// Events that are sent to the client behind the ack, in their order.
        package var emits: [(event: String, data: Template)] = []
        /// Events for a client that gave no callback.
        package var emitsWithoutAck: [(event: String, data: Template)] = []

        package init() {}
    }

    package var operation: Operation
    package var socketIO = SocketIOAnswers()
    /// What the message must be; `nil`: any object.
    package var arguments: CompiledSchema?
    package var location: SourceLocation

    package init(_ operation: Operation, arguments: CompiledSchema? = nil, location: SourceLocation) {
        self.operation = operation
        self.arguments = arguments
        self.location = location
    }

    /// What is wrong with a message's form; `nil`: nothing.
    package func refusal(of message: JSONNode) -> RequestError? {
        guard let violation = self.arguments?.firstViolation(in: message) else { return nil }
        return RequestError(
            .invalidMessage, "the message\(violation.instance) \(violation.message)", pointer: violation.instance)
    }
}
