// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A client's event on its way to the app that owns its prefix.
package struct AppCall: Sendable {
    /// Names the call, the same each time it is tried.
    package var id: String
    package var app: App
    /// As the client named it.
    package var event: String
    /// What the app is told: a JSON object.
    package var body: [UInt8]
    package var rules: AppCallRules
    package var caller: Caller

    /// Whose failures count as one's.
    package enum Caller: Hashable, Sendable {
        case user(UserID)
        /// Of nobody, by its number.
        case connection(UInt64)
    }

    package init(id: String, app: App, event: String, body: [UInt8], rules: AppCallRules, caller: Caller) {
        self.id = id
        self.app = app
        self.event = event
        self.body = body
        self.rules = rules
        self.caller = caller
    }
}
