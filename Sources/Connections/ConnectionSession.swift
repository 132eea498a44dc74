// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a dialect does with one connection's traffic. Owned by the connection's event loop, which makes all calls.
///
/// Order: `opened` once, then messages, then `closed` exactly once, after which nothing is called.
/// What a session sends during `opened` or `received` leaves in one write when the call returns.
package protocol ConnectionSession: AnyObject {
    /// The connection can be sent to from now on. Nothing was received before.
    func opened()

    /// A whole text message, valid UTF-8, within the connection's size limit.
    ///
    /// The bytes are only valid during the call.
    func received(text: UnsafeRawBufferPointer)

    /// A whole binary message within the connection's size limit. The bytes are only valid during the call.
    func received(binary: UnsafeRawBufferPointer)

    /// So many frames were left out because the client read too slowly; what is sent now comes behind those that were not.
    func lost(frameCount: Int)

    /// The peer has said that it ends the connection, and why; `closed` follows. Not called when it just goes.
    ///
    /// - Parameter code: `nil` when it gave none.
    func peerClosed(code: UInt16?, reason: String)

    /// The connection has ended, for whatever reason; nothing can be sent any more.
    func closed()
}

extension ConnectionSession {
    /// Of no concern to a session whose frames all have to arrive.
    package func lost(frameCount: Int) {}

    /// Of no concern to a session that ends the same way whatever the reason.
    package func peerClosed(code: UInt16?, reason: String) {}
}
