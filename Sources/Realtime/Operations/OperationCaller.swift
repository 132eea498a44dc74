// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// On whose account an operation runs.
package enum OperationCaller: Sendable {
    /// A client, with the rights of its user, or of nobody.
    case client(Identity?)
    /// A backend, whose right was checked at the door.
    case backend
    /// An app, whose key was checked at the door. What it may do is held against the app itself.
    case app(App)

    var identity: Identity? {
        if case .client(let identity) = self { return identity }
        return nil
    }

    var app: App? {
        if case .app(let app) = self { return app }
        return nil
    }
}
