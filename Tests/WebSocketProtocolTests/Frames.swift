// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A client's frame, written out by hand and not with the code under test.
func maskedFrame(
    _ firstByte: UInt8, _ payload: [UInt8], key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
) -> [UInt8] {
    lengthBytes(firstByte, payload.count, maskBit: 0x80) + key
        + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

/// A server's frame.
func plainFrame(_ firstByte: UInt8, _ payload: [UInt8]) -> [UInt8] {
    lengthBytes(firstByte, payload.count, maskBit: 0) + payload
}

private func lengthBytes(_ firstByte: UInt8, _ count: Int, maskBit: UInt8) -> [UInt8] {
    switch count {
    case ...125: [firstByte, maskBit | UInt8(count)]
    case ...65535: [firstByte, maskBit | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
    default: [firstByte, maskBit | 127] + (0..<8).map { UInt8((count >> (56 - 8 * $0)) & 0xFF) }
    }
}
