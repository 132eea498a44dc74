// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// A pattern of channel names with its rules.
package struct ChannelOutline: Sendable {
    /// `order:{orderId}`.
    package var pattern: String
    package var parameters: [String]
    /// Who may subscribe, in words; one of them suffices, none: nobody.
    package var rights: [String]
    /// Which clients may publish here by a command, in words; none: nobody.
    package var clientRights: [String]
    /// What is kept for those who come later, in words: history, presence, positions.
    package var keeps: [String]
    /// For clients there is no such channel; the server subscribes them.
    package var isInternal: Bool
    /// Which undeclared events backends may publish here: `any`, or the form of their names; `nil`: none.
    package var undeclared: String?
    /// The name that stands for every channel of the pattern: `service:*`.
    package var wildcard: String?
    package var location: SourceLocation
}
