// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Writes whole frames, or headers for payloads written by somebody else, into buffers.
///
/// A frame that a server sends is the same for every receiver, so it is made once and shared; a client passes
/// a fresh key for each (RFC 6455 §5.3).
package enum WebSocketFrame {
    /// Writes a header for `payloadByteCount` bytes, which the caller writes next, unmasked.
    package static func appendHeader(
        _ opcode: Opcode, isFinal: Bool = true, payloadByteCount: Int, to buffer: inout ByteBuffer
    ) {
        FrameHeader(opcode, isFinal: isFinal, payloadByteCount: payloadByteCount).append(to: &buffer)
    }

    /// Writes a text frame. The caller vouches for `payload` being UTF-8.
    package static func appendText(
        _ payload: UnsafeRawBufferPointer, maskingKey: MaskingKey? = nil, to buffer: inout ByteBuffer
    ) {
        self.append(.text, payload, maskingKey: maskingKey, to: &buffer)
    }

    /// Writes a text frame that holds what is readable in `payload`.
    package static func appendText(
        _ payload: ByteBuffer, maskingKey: MaskingKey? = nil, to buffer: inout ByteBuffer
    ) {
        payload.withUnsafeReadableBytes { self.append(.text, $0, maskingKey: maskingKey, to: &buffer) }
    }

    /// Writes a text frame.
    package static func appendText(_ payload: String, maskingKey: MaskingKey? = nil, to buffer: inout ByteBuffer) {
        var payload = payload
        payload.withUTF8 {
            self.append(.text, UnsafeRawBufferPointer($0), maskingKey: maskingKey, to: &buffer)
        }
    }

    /// Writes one final frame of any kind. A control frame's payload is cut to 125 bytes (RFC 6455 §5.5).
    package static func append(
        _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, maskingKey: MaskingKey? = nil,
        to buffer: inout ByteBuffer
    ) {
        let payload = opcode.isControl ? UnsafeRawBufferPointer(rebasing: payload.prefix(125)) : payload
        let header = FrameHeader(opcode, payloadByteCount: payload.count, maskingKey: maskingKey)
        buffer.reserveCapacity(minimumWritableBytes: header.byteCount + payload.count)
        header.append(to: &buffer)
        let start = buffer.writerIndex
        buffer.writeBytes(payload)
        guard let maskingKey, !payload.isEmpty else { return }
        buffer.withVeryUnsafeMutableBytes { storage in
            maskingKey.apply(
                to: UnsafeMutableRawBufferPointer(rebasing: storage[start..<start + payload.count]))
        }
    }

    /// Writes a close frame. `reason` is cut to 123 bytes before a character that would pass that limit
    /// (RFC 6455 §5.5.1); without a code the frame is empty and `reason` is left out.
    package static func appendClose(
        code: UInt16?, reason: String = "", maskingKey: MaskingKey? = nil, to buffer: inout ByteBuffer
    ) {
        var payload = ByteBuffer()
        if let code {
            payload.writeInteger(code)
            payload.writeSubstring(Self.closeReason(reason))
        }
        payload.withUnsafeReadableBytes { self.append(.close, $0, maskingKey: maskingKey, to: &buffer) }
    }

    /// The longest start of `reason` that is at most 123 bytes of whole characters.
    private static func closeReason(_ reason: String) -> Substring {
        guard reason.utf8.count > ClosePayload.maximumReasonByteCount else { return reason[...] }
        var end = reason.unicodeScalars.startIndex
        var byteCount = 0
        for index in reason.unicodeScalars.indices {
            byteCount += UTF8.width(reason.unicodeScalars[index])
            guard byteCount <= ClosePayload.maximumReasonByteCount else { break }
            end = reason.unicodeScalars.index(after: index)
        }
        return reason[..<end]
    }
}
