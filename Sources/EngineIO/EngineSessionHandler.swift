// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a layer above does with one session's messages. Owned by the session's event loop, which makes all calls.
///
/// Order: `opened` once, then messages, then `closed` exactly once, after which nothing is called.
/// What a handler sends during a call leaves in one write, or in one poll answer, when the call returns.
package protocol EngineSessionHandler: AnyObject {
    /// The open packet is on its way.
    func opened()

    /// A text message without its type character: valid UTF-8, within `maxPayload`. The bytes are only valid during the call.
    func received(text: UnsafeRawBufferPointer)

    /// A binary message. The bytes are only valid during the call.
    func received(binary: UnsafeRawBufferPointer)

    /// So many frames were left out because the client read too slowly.
    func lost(frameCount: Int)

    func closed(_ reason: EngineCloseReason)
}

extension EngineSessionHandler {
    package func lost(frameCount: Int) {}
}
