// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract says of Socket.IO namespaces that one pattern names, such as `/`, `/admin` or `/rooms/{roomId}`.
package struct NamespaceRules: Sendable {
    package var pattern: ChannelPattern
    /// Any one of these lets a user join; empty: whoever is known.
    package var require: [SubscribeRule]
    /// Channels that whoever joins is subscribed to, besides `connect.joins` in the namespace `/`. A channel that he has no right to,
    /// or that does not exist, refuses the namespace; `isInternal` ones ask for no right. Places: the pattern's parameters
    /// (`TemplatePath.Source.path`), `user`, `connection`.
    package var joins: [Operation.ChannelSource]
    /// Here apps connect with their ids and keys, and nobody else; then there are no rights and no joins.
    package var isForApps = false
    package var location: SourceLocation

    package init(
        pattern: ChannelPattern, require: [SubscribeRule] = [], joins: [Operation.ChannelSource] = [],
        location: SourceLocation
    ) {
        self.pattern = pattern
        self.require = require
        self.joins = joins
        self.location = location
    }
}
