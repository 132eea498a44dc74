// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Takes down who did what, and what was refused. Called on any thread; must not block.
package protocol AuditTrail: Sendable {
    func record(_ entry: AuditEntry)
}

/// One thing that somebody did or was refused. Holds no token, cookie or payload.
package struct AuditEntry: Sendable {
    package enum Action: String, Sendable {
        case connect, refuse, disconnect, subscribe, unsubscribe, publish
        /// A client's event was handed to an app.
        case call
        /// By the admin API; `operation` says what.
        case admin
    }

    package var action: Action
    package var platform: String?
    package var user: UserID?
    /// An app's id.
    package var app: String?
    /// A connection's id, as clients and the admin API see it.
    package var connection: String?
    package var address: String?
    /// As they were named, also where no such channel exists; each cut after 255 bytes.
    package private(set) var channels: [String]
    package private(set) var event: String?
    package var operation: String?
    /// Why not, as an error's code, or why at all; `nil`: there is nothing to say.
    package var reason: String?
    package var isAllowed: Bool

    package init(
        _ action: Action,
        platform: String? = nil,
        user: UserID? = nil,
        app: String? = nil,
        connection: String? = nil,
        address: String? = nil,
        channels: [String] = [],
        event: String? = nil,
        operation: String? = nil,
        reason: String? = nil,
        isAllowed: Bool = true
    ) {
        self.action = action
        self.platform = platform
        self.user = user
        self.app = app.map(Self.cut)
        self.connection = connection
        self.address = address
        self.channels = channels.prefix(Self.maximumChannelCount).map(Self.cut)
        self.event = event.map(Self.cut)
        self.operation = operation
        self.reason = reason
        self.isAllowed = isAllowed
    }

    private static let maximumChannelCount = 100

    private static func cut(_ text: String) -> String {
        text.utf8.count <= 255 ? text : String(decoding: text.utf8.prefix(255), as: UTF8.self)
    }
}
