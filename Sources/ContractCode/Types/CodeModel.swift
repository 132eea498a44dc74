// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A contract's types with names for programs, from which a language's code is written.
struct CodeModel {
    /// A type that has a name. Types in it name other declarations by their names.
    struct Declaration {
        var name: String
        var notes: [String]
        var type: TypeModel
        /// The event whose payload it is, where it was made for that alone.
        var event: String?
    }

    struct Event {
        /// As on the wire.
        var name: String
        var notes: [String]
        var payload: TypeModel
        /// An app of the manifest publishes it.
        var isOfApp: Bool
    }

    struct Command {
        var name: String
        /// What the client sends with it.
        var arguments: TypeModel
        /// It may be sent without arguments.
        var mayOmitArguments: Bool
        /// What a plain client is sent back, as a whole frame; `nil`: nothing that the contract says.
        var reply: TypeModel?
        /// What the callback of a Socket.IO client gets; `nil`: nothing.
        var acknowledgement: TypeModel?
        /// What it gets when the command is refused.
        var refusal: TypeModel?
        /// What a Socket.IO client sends with it: the whole message, of which a plain one may send a part as its data.
        var message: TypeModel
    }

    /// In the order in which they are written.
    var declarations: [Declaration]
    var events: [Event]
    /// What the server sends besides under a name: answers and notices.
    var notices: [Event]
    /// The same for Socket.IO clients; those of ``notices`` where there are no others.
    var socketNotices: [Event]
    var commands: [Command]
}
