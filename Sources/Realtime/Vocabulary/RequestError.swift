// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// The answer to a request that cannot be carried out. It leaves the connection open unless the platform's
/// contract says that this code closes.
///
/// The code is the contract with programs; the message is for people and is never parsed.
package struct RequestError: Error, Sendable {
    package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package var description: String { self.rawValue }
    }

    package var code: Code
    /// Says what was wrong; safe to show to whoever asked.
    package var message: String
    /// Where in the request the fault is.
    package var pointer: JSONPointer?
    /// The channel that the request named, as it was written there.
    package var channel: String?
    /// Tells apart cases of one code, such as `missing`, `invalid`, `expired`, `unknown_user` and `revoked` of
    /// credentials.
    package var reason: String?
    /// Milliseconds after which the same may succeed.
    package var retryAfter: Int64?
    /// Of an app that has published too much.
    package var quota: AppQuota?
    /// It is about something that the connection does not rest on: whatever the contract says of its code, the connection stays.
    package var sparesConnection = false

    package init(
        _ code: Code, _ message: String, pointer: JSONPointer? = nil, channel: String? = nil, reason: String? = nil
    ) {
        self.code = code
        self.message = message
        self.pointer = pointer
        self.channel = channel
        self.reason = reason
    }
}

extension RequestError.Code {
    /// No credentials, or credentials that do not hold.
    package static let unauthenticated = Self(rawValue: "unauthenticated")
    /// Credentials were given and do not hold.
    package static let invalidCredentials = Self(rawValue: "invalidCredentials")
    /// The session behind the connection has ended.
    package static let sessionEnded = Self(rawValue: "sessionEnded")
    /// Whoever has to be asked who this is does not answer; to be tried again later.
    package static let unavailable = Self(rawValue: "unavailable")
    /// The credentials held until now.
    package static let expired = Self(rawValue: "expired")
    /// What came is not a message of this platform's dialect.
    package static let invalidMessage = Self(rawValue: "invalidMessage")
    /// What came is binary data, which no message of this platform's dialect is.
    package static let binaryMessage = Self(rawValue: "binaryMessage")
    /// The message asks for something that the contract does not have.
    package static let unknownCommand = Self(rawValue: "unknownCommand")
    /// No channel pattern of the contract matches the name.
    package static let invalidChannel = Self(rawValue: "invalidChannel")
    /// The user may not do this on this channel.
    package static let forbidden = Self(rawValue: "forbidden")
    /// The channel exists only while it has a record, and it has none.
    package static let notFound = Self(rawValue: "notFound")
    /// The contract has no event of this name for this channel.
    package static let unknownEvent = Self(rawValue: "unknownEvent")
    /// The payload does not fit the event's schema or lacks what its routes need.
    package static let invalidPayload = Self(rawValue: "invalidPayload")
    /// The query has what the path does not take, or a value of another kind.
    package static let invalidQuery = Self(rawValue: "invalidQuery")
    /// The body of an administrative request is not what it should be.
    package static let invalidRequest = Self(rawValue: "invalidRequest")
    /// More requests than the contract allows in the time.
    package static let rateLimited = Self(rawValue: "rateLimited")
    package static let tooManyMessages = Self(rawValue: "tooManyMessages")
    /// More connections than a user or an address may have.
    package static let tooManyConnections = Self(rawValue: "tooManyConnections")
    /// More tries to connect than a user or an address may make in the time.
    package static let tooManyAttempts = Self(rawValue: "tooManyAttempts")
    /// More messages that are none of the platform's than one connection may send in the time.
    package static let tooManyInvalid = Self(rawValue: "tooManyInvalid")
    /// The client has sent nothing for too long.
    package static let idle = Self(rawValue: "idle")
    /// The connection has lasted as long as one may.
    package static let lifetimeOver = Self(rawValue: "lifetimeOver")
    /// More subscriptions than one connection may hold.
    package static let tooManySubscriptions = Self(rawValue: "tooManySubscriptions")
    /// The app has no right to this.
    package static let appForbidden = Self(rawValue: "appForbidden")
    /// The event's name does not begin as those of the app do.
    package static let appPrefix = Self(rawValue: "appPrefix")
    /// There is no such app.
    package static let unknownApp = Self(rawValue: "unknownApp")
    /// No app answers in time: it cannot be reached, or has too much to do.
    package static let appUnavailable = Self(rawValue: "appUnavailable")
    /// What the app answered is no answer.
    package static let appFailed = Self(rawValue: "appFailed")
    /// An idempotency key was used before for another publication.
    package static let conflict = Self(rawValue: "conflict")
    /// The store does not take what must be kept: nothing was published.
    package static let storageUnavailable = Self(rawValue: "storageUnavailable")
    /// A client that does not read what it is sent.
    package static let tooSlow = Self(rawValue: "tooSlow")
    /// The operator ended the connection.
    package static let disconnected = Self(rawValue: "disconnected")
    /// The server is going down.
    package static let shuttingDown = Self(rawValue: "shuttingDown")
    /// A fault of the server; the log has the cause.
    package static let internalError = Self(rawValue: "internalError")

    /// Every code that a contract's `errors:` may put into the platform's own words.
    package static let all: [Self] = [
        .unauthenticated, .invalidCredentials, .sessionEnded, .unavailable, .expired, .invalidMessage, .binaryMessage,
        .unknownCommand, .invalidChannel, .forbidden, .notFound,
        .unknownEvent, .invalidPayload, .invalidRequest, .invalidQuery, .rateLimited, .tooManyMessages,
        .tooManyConnections,
        .tooManyAttempts, .tooManyInvalid, .idle, .lifetimeOver, .tooManySubscriptions, .conflict,
        .appForbidden, .appPrefix, .unknownApp, .appUnavailable, .appFailed,
        .storageUnavailable, .tooSlow, .disconnected, .shuttingDown, .internalError,
    ]
}
