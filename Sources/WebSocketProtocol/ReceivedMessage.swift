// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the decoder hands out: a whole message or a control frame.
///
/// Payloads are unmasked, and text and close reasons are checked UTF-8. They point into the bytes that were fed,
/// or into the decoder's own memory, and are only valid until the decoder is called again or those bytes go.
package enum ReceivedMessage {
    case text(UnsafeRawBufferPointer)
    case binary(UnsafeRawBufferPointer)
    /// At most 125 bytes, to be sent back in a pong (RFC 6455 §5.5.3).
    case ping(UnsafeRawBufferPointer)
    case pong(UnsafeRawBufferPointer)
    /// The peer will send nothing more. What it sends all the same is ignored by the decoder.
    case close(ClosePayload)
}
