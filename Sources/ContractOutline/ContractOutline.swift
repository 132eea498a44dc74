// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Contract
import JSON
package import Realtime

/// A contract as people and generators of code and documents see it: everything that a client or a backend may rely on, in words and as
/// JSON text, and nothing secret.
///
/// Everything is in the order of the file. JSON texts are as the contract has them, with references such as `#/schemas/NAME` kept and
/// variables resolved.
package struct ContractOutline: Sendable {
    package var name: String
    package var title: String
    /// As it was given to the loader.
    package var file: String
    package var endpoints: [EndpointOutline]
    /// `none`, `optional` or `required`.
    package var mode: String
    /// Where a client's credential is looked for, in words: "a JWT in the query parameter token".
    package var credentials: [String]
    /// The same for programs, but for what a first message carries.
    package var credentialPlaces: [CredentialOutline]
    /// What becomes of a connection whose token expires, in words.
    package var onExpiry: String
    /// Channels that the server subscribes every connection to, in words.
    package var joins: [String]
    package var channels: [ChannelOutline]
    package var events: [EventOutline]
    /// The member of a message that names its command.
    package var commandKey: String
    package var commands: [CommandOutline]
    package var frames: [FrameOutline]
    package var routes: [RouteOutline]
    /// Every code, also those that the contract does not name.
    package var errors: [ErrorOutline]
    package var limits: [LimitOutline]
    package var schemas: [SchemaOutline]
    package var apps: [AppOutline]
    /// Of the contract's plain WebSocket endpoint; `nil`: it has none.
    package var dialect: DialectOutline?
    package var heartbeat: HeartbeatOutline
    /// What Socket.IO clients are told whose token has expired or was revoked, before their connection ends.
    package var expiryNotices: [CommandOutline.Emission] = []
    /// The member of what a Socket.IO client joins with that carries its token; `nil`: none does.
    package var handshakeToken: String?
    /// A Socket.IO client that has returned is sent the event `reconnect` with the number 1.
    package var emitsReconnect: Bool

    /// - Parameters:
    ///   - definition: the contract, compiled.
    ///   - document: the same, as it is written.
    package init(_ definition: PlatformDefinition, document: ContractDocument) {
        // A document that was read is rendered; the empty one stands for a fault of this program.
        let json = document.json ?? Self.empty
        self = OutlineReader(definition: definition, document: document, root: json?.root).outline()
    }

    /// Memberwise, for the reader.
    init(
        definition: PlatformDefinition, endpoints: [EndpointOutline], credentials: [String],
        credentialPlaces: [CredentialOutline], onExpiry: String,
        joins: [String], channels: [ChannelOutline], events: [EventOutline], commands: [CommandOutline],
        frames: [FrameOutline], routes: [RouteOutline], errors: [ErrorOutline], limits: [LimitOutline],
        schemas: [SchemaOutline], apps: [AppOutline], dialect: DialectOutline?
    ) {
        self.name = definition.name
        self.title = definition.title
        self.file = definition.file
        self.endpoints = endpoints
        self.mode = definition.auth.mode.rawValue
        self.credentials = credentials
        self.credentialPlaces = credentialPlaces
        self.onExpiry = onExpiry
        self.joins = joins
        self.channels = channels
        self.events = events
        self.commandKey = definition.commandKey
        self.commands = commands
        self.frames = frames
        self.routes = routes
        self.errors = errors
        self.limits = limits
        self.schemas = schemas
        self.apps = apps
        self.dialect = dialect
        self.heartbeat = HeartbeatOutline(every: definition.heartbeat.every, timeout: definition.heartbeat.timeout)
        self.emitsReconnect = definition.returning?.emitsReconnect ?? false
    }

    private static let empty = try? JSONDocument(parsing: "{}")
}
