// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A place in a template that is filled when it is rendered.
package struct TemplatePath: Sendable, Hashable {
    /// Where the value comes from. Keys lead into JSON.
    package enum Source: Sendable, Hashable {
        /// What the client sent.
        case args([String])
        case userID, userName, userAvatar, userRoles
        case userClaims([String])
        case connectionID, connectedAt
        case channelName
        /// A parameter of the channel's pattern.
        case channelParameter(String)
        /// `publicationPosition`: only of publications to recoverable channels.
        case publicationEvent, publicationID, publicationTime, publicationPosition
        case publicationData([String])
        /// Of a user's inbox: whether he has read it.
        case publicationRead
        case result([String])
        /// `errorRetryAfter`: whole seconds.
        case errorCode, errorMessage, errorPointer, errorChannel, errorStatus, errorReason, errorRetryAfter
        case commandName
        /// Of an HTTP request.
        case path(String)
        case query(String)
        case body([String])
        /// A fresh id, the same wherever one request's templates name it.
        case newID
        case presenceUser, presenceStatus
        case resumeToken, resumeExpiresAt
        case lostCount
        /// A fact of a watched service, see ``ServiceFacts``.
        case service([String])
        case now
        /// A field of an event's payload: what a bare name means in `events:`.
        case payload([String])
    }

    package enum Missing: Sendable, Hashable {
        /// Written as `null`; as nothing within text.
        case null
        /// The key that would hold the value is left out.
        case drop
        /// JSON text.
        case value([UInt8])
    }

    package var source: Source
    package var missing: Missing

    package init(_ source: Source, missing: Missing = .null) {
        self.source = source
        self.missing = missing
    }
}
