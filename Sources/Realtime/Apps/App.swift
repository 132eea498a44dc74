// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A program of somebody else that may publish into the platform's channels, and answer what clients send it.
package struct App: Sendable, Equatable {
    /// Where clients' events are sent to, signed.
    package struct Webhook: Sendable, Equatable {
        package var url: String
        /// `whsec_` and base64; shown to nobody.
        package var secret: String

        package init(url: String, secret: String) {
            self.url = url
            self.secret = secret
        }
    }

    package enum Origin: Sendable, Equatable {
        /// The manifest that the contract names; changed there only.
        case manifest
        /// The administrative API.
        case registry
    }

    /// What an app may do.
    package enum Permission: String, Sendable, CaseIterable {
        case publish = "realtime:publish"
        /// Answer clients' events.
        case call = "realtime:call"
    }

    /// Such as `app_lottery_v1`.
    package var id: String
    package var name: String?
    /// SHA-256 of the key, as ``SecretText/key(of:)`` writes it; `nil`: the app has none, and nobody can speak for it.
    package var keyHash: String?
    /// As they were given; by default the one that the id implies.
    package var prefixes: [String]
    package var permissions: Set<String>
    /// The values of the parameter of the channels that it publishes into; `nil`: any.
    package var rooms: [String]?
    package var webhook: Webhook?
    /// By name. Events that are not here are published, too.
    package var events: [String: AppEvent]
    package var origin: Origin

    package init(
        id: String,
        name: String? = nil,
        keyHash: String? = nil,
        prefixes: [String]? = nil,
        permissions: Set<String> = [],
        rooms: [String]? = nil,
        webhook: Webhook? = nil,
        events: [String: AppEvent] = [:],
        origin: Origin = .registry
    ) {
        self.id = id
        self.name = name
        self.keyHash = keyHash
        self.prefixes = prefixes ?? AppPrefix.implied(by: id).map { [$0] } ?? []
        self.permissions = permissions
        self.rooms = rooms
        self.webhook = webhook
        self.events = events
        self.origin = origin
    }

    /// What the names of its events begin with, before a colon: its prefixes, and its id.
    package var allPrefixes: [String] { self.prefixes.contains(self.id) ? self.prefixes : self.prefixes + [self.id] }

    package func has(_ permission: Permission) -> Bool { self.permissions.contains(permission.rawValue) }

    /// Whether the name is one of an event of this app.
    package func owns(event name: String) -> Bool {
        self.allPrefixes.contains { AppPrefix.begins(name, with: $0) }
    }
}
