// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a session ended, in the words of the reference implementation, which applications compare.
public struct EngineCloseReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The words themselves, such as `transport close`.
    public let rawValue: String

    /// A reason in any words; those in use are the constants below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The same words as `rawValue`.
    public var description: String { self.rawValue }

    /// The connection failed: a request was cut off, a second one overlapped it, or the client reads too slowly.
    public static let transportError = Self(rawValue: "transport error")
    /// The client closed.
    public static let transportClose = Self(rawValue: "transport close")
    /// The application, or the layer above, closed.
    public static let forcedClose = Self(rawValue: "forced close")
    /// A ping was not answered in time.
    public static let pingTimeout = Self(rawValue: "ping timeout")
    /// A packet could not be read.
    public static let parseError = Self(rawValue: "parse error")
    /// The server is going down.
    public static let serverShuttingDown = Self(rawValue: "server shutting down")
}
