// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Thrown by a namespace's middleware to keep a client out. He is told its words; of other errors he is told nothing.
public struct SocketConnectError: Error, Sendable {
    /// What the client's `connect_error` says.
    public var message: String
    /// What it carries beside.
    public var data: SocketValue?

    /// - Parameters:
    ///   - message: what the client's `connect_error` says.
    ///   - data: what it carries beside.
    public init(_ message: String, data: SocketValue? = nil) {
        self.message = message
        self.data = data
    }
}
