// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a close frame carries: nothing, or a code and a reason (RFC 6455 §5.5.1).
package struct ClosePayload {
    /// 125 bytes of a control frame without the code's two.
    package static let maximumReasonByteCount = 123

    /// Nil when the frame was empty.
    package let code: UInt16?
    /// UTF-8; only valid as long as the bytes it was read from.
    package let reason: UnsafeRawBufferPointer

    /// Reads a close frame's payload, of any length.
    package init(_ payload: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard !payload.isEmpty else {
            self.code = nil
            self.reason = payload
            return
        }
        guard payload.count >= 2 else { throw .protocolError("close code cut short") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.mayBeReceived(code) else { throw .protocolError("invalid close code") }
        let reason = UnsafeRawBufferPointer(rebasing: payload.dropFirst(2))
        guard UTF8Validator.isValid(reason) else { throw .invalidUTF8 }
        self.code = code
        self.reason = reason
    }

    /// Whether a peer may send `code`: those of RFC 6455 §7.4.1 that are not for local use only, 1012–1014 as
    /// registered with IANA since, and the ranges of §7.4.2 for libraries and applications.
    package static func mayBeReceived(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
