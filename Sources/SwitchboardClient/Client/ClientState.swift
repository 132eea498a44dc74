// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a client stands to its server.
public enum ClientState: Sendable {
    case connecting
    /// Commands are sent, events come. Subscriptions have been asked for; not each need be confirmed.
    ///
    /// - Parameter isRecovered: the client has come back as the same, and the server has sent what it missed.
    case open(isRecovered: Bool)
    /// There is no connection, and the next try comes after this time.
    case waiting(ClientFault, retryAfter: Duration)
    /// The client has given up.
    case failed(ClientFault)
    /// The client was closed.
    case closed

    /// Whether commands are sent and events come.
    public var isOpen: Bool { if case .open = self { true } else { false } }

    /// Whether nothing follows.
    public var isFinal: Bool {
        switch self {
        case .failed, .closed: true
        case .connecting, .open, .waiting: false
        }
    }
}
