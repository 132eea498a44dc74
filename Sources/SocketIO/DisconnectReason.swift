// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a socket left its namespace, in the words of the reference implementation, which applications compare.
public struct DisconnectReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The words themselves, such as `transport close`.
    public let rawValue: String

    /// A reason in any words; those in use are the constants below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The same words as `rawValue`.
    public var description: String { self.rawValue }

    /// The client left, with `socket.disconnect()`. It does not come back by itself.
    public static let clientNamespaceDisconnect = Self(rawValue: "client namespace disconnect")
    /// The server left. The client does not come back by itself.
    public static let serverNamespaceDisconnect = Self(rawValue: "server namespace disconnect")
    /// The server ended the connection for a packet in the wrong state.
    public static let forcedServerClose = Self(rawValue: "forced server close")
    /// The connection failed: a request was cut off, a second one overlapped it, or the client reads too slowly.
    public static let transportError = Self(rawValue: "transport error")
    /// The client closed the connection.
    public static let transportClose = Self(rawValue: "transport close")
    /// The connection was closed here, such as for a packet that could not be read.
    public static let forcedClose = Self(rawValue: "forced close")
    /// A ping was not answered in time.
    public static let pingTimeout = Self(rawValue: "ping timeout")
    /// A packet of the transport could not be read.
    public static let parseError = Self(rawValue: "parse error")
    /// The server is going down.
    public static let serverShuttingDown = Self(rawValue: "server shutting down")

    /// Whether a client that was lost so may take its state up again.
    public var isRecoverable: Bool {
        switch self {
        case .transportError, .transportClose, .forcedClose, .pingTimeout, .serverShuttingDown, .forcedServerClose: true
        default: false
        }
    }
}
