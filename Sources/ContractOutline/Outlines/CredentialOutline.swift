// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A place where a client's credential is looked for.
package struct CredentialOutline: Sendable, Equatable {
    /// `jwt` or `session`.
    package var kind: String
    /// `query`, `header`, `cookie`, or `auth` of what a Socket.IO client joins with.
    package var place: String
    /// Of the parameter, header, cookie or member.
    package var name: String
}
