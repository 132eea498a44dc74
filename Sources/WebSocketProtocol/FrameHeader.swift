// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// The two to fourteen bytes before a frame's payload (RFC 6455 §5.2), as they stand on the wire.
package struct FrameHeader: Hashable, Sendable {
    /// The longest header: eight bytes of length and four of key.
    package static let maximumByteCount = 14

    /// FIN: the last, or only, frame of a message.
    package var isFinal: Bool
    /// RSV1–RSV3 in the low three bits, RSV1 the highest. Nonzero only with an extension.
    package var reservedBits: UInt8
    /// The raw opcode, 0–15.
    package var opcode: UInt8
    package var payloadByteCount: UInt64
    package var maskingKey: MaskingKey?
    /// Whether the length was written in the fewest bytes, as RFC 6455 §5.2 demands.
    package var hasMinimalLength: Bool = true

    package init(_ opcode: Opcode, isFinal: Bool = true, payloadByteCount: Int, maskingKey: MaskingKey? = nil) {
        self.isFinal = isFinal
        self.reservedBits = 0
        self.opcode = opcode.rawValue
        self.payloadByteCount = UInt64(max(0, payloadByteCount))
        self.maskingKey = maskingKey
    }

    /// How long the header is that begins with these two bytes.
    package static func byteCount(secondByte: UInt8) -> Int {
        let lengthByteCount =
            switch secondByte & 0x7F {
            case 126: 2
            case 127: 8
            default: 0
            }
        return 2 + lengthByteCount + (secondByte & 0x80 != 0 ? 4 : 0)
    }

    /// Reads the header at the start of `bytes`; nil when they end before it does.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        let (first, second) = (bytes[0], bytes[1])
        guard bytes.count >= Self.byteCount(secondByte: second) else { return nil }
        self.isFinal = first & 0x80 != 0
        self.reservedBits = (first >> 4) & 0x7
        self.opcode = first & 0xF
        var offset = 2
        switch second & 0x7F {
        case 126:
            self.payloadByteCount = UInt64(
                UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            self.hasMinimalLength = self.payloadByteCount > 125
            offset = 4
        case 127:
            self.payloadByteCount = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            self.hasMinimalLength = self.payloadByteCount > UInt64(UInt16.max)
            offset = 10
        case let short:
            self.payloadByteCount = UInt64(short)
        }
        if second & 0x80 != 0 {
            self.maskingKey = MaskingKey(
                word: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }

    /// The number of bytes that `append` writes.
    package var byteCount: Int {
        let key = self.maskingKey == nil ? 0 : 4
        return switch self.payloadByteCount {
        case ...125: 2 + key
        case ...UInt64(UInt16.max): 4 + key
        default: 10 + key
        }
    }

    /// Writes the header behind what `buffer` holds.
    package func append(to buffer: inout ByteBuffer) {
        let first = (self.isFinal ? 0x80 : 0) | (self.reservedBits & 0x7) << 4 | (self.opcode & 0xF)
        let maskBit: UInt8 = self.maskingKey == nil ? 0 : 0x80
        switch self.payloadByteCount {
        case ...125:
            buffer.writeInteger(
                UInt16(first) << 8 | UInt16(maskBit | UInt8(truncatingIfNeeded: self.payloadByteCount)))
        case ...UInt64(UInt16.max):
            buffer.writeInteger(
                UInt32(first) << 24 | UInt32(maskBit | 126) << 16
                    | UInt32(truncatingIfNeeded: self.payloadByteCount))
        default:
            buffer.writeInteger(UInt16(first) << 8 | UInt16(maskBit | 127))
            buffer.writeInteger(self.payloadByteCount)
        }
        if let key = self.maskingKey { buffer.writeInteger(key.word, endianness: .little) }
    }
}
