// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a platform runs by and a reload exchanges as a whole: its contract, its wire languages, its limits.
///
/// The platform has one; each loop has its own, exchanged between two deliveries, so that what a loop's connections are sent and what
/// they may do change in the same moment.
package final class PlatformRules: Sendable {
    package let definition: PlatformDefinition
    package let dialects: [any Dialect]
    let limits: PlatformLimits
    /// Somewhere the backend is asked who may subscribe.
    let asksBackend: Bool

    init(_ definition: PlatformDefinition, dialects: [any Dialect], limits: PlatformLimits) {
        self.definition = definition
        self.dialects = dialects
        self.limits = limits
        self.asksBackend = definition.channels.contains { $0.ask != nil }
    }

    /// - Parameter index: a connection's, which may be of a contract that had more of them.
    func dialect(_ index: Int) -> any Dialect { self.dialects[index < self.dialects.count ? index : 0] }

    /// The place of a dialect; of one that the platform does not have, the first one's.
    package func dialectIndex(of kind: DialectKind) -> Int { self.dialects.firstIndex { $0.kind == kind } ?? 0 }

    /// Clients name the last position that they have heard, whatever channel it was of.
    var keepsOrderAcrossChannels: Bool { self.definition.returning != nil || self.definition.recovery != nil }

    /// Whether it is counted who is online.
    var tracksPresence: Bool { self.definition.presence != nil }

    /// The same of channels.
    var tracksChannelPresence: Bool { self.definition.channels.contains { $0.presence != nil } }
}
