// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract says of apps.
package struct AppRules: Sendable {
    /// The channels that apps publish into; has one parameter, whose values are an app's rooms.
    package var channel: ChannelPattern
    /// What an app can be permitted.
    package var permissions: [String]
    /// In the order of their file; no two have an id, a key or a prefix in common.
    package var manifest: [App]
    package var calls = AppCallRules()
    package var location: SourceLocation

    package init(
        channel: ChannelPattern,
        permissions: [String] = App.Permission.allCases.map(\.rawValue),
        manifest: [App] = [],
        location: SourceLocation
    ) {
        self.channel = channel
        self.permissions = permissions
        self.manifest = manifest
        self.location = location
    }
}

extension PlatformDefinition {
    /// An event or a command of the contract itself whose name begins with one of these prefixes.
    package func ownName(beginningWithOneOf prefixes: [String]) -> String? {
        (self.events.keys.sorted() + self.commands.keys.sorted()).first { name in
            prefixes.contains { AppPrefix.begins(name, with: $0) }
        }
    }
}
