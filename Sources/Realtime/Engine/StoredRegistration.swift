// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What was registered with a platform while it ran, beside its contract: an app, or a service that is watched.
package struct StoredRegistration: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable {
        /// The key is the app's id.
        case app
        /// The key is the service's name.
        case service
    }

    package var kind: Kind
    package var key: String
    /// A JSON object, in the words of whoever registers.
    package var content: [UInt8]

    package init(kind: Kind, key: String, content: [UInt8]) {
        self.kind = kind
        self.key = key
        self.content = content
    }
}
