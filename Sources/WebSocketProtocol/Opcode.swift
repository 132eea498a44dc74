// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a frame is (RFC 6455 §5.2). Values outside these are reserved and refused.
package enum Opcode: UInt8, Hashable, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Control frames may stand between the fragments of a message and have at most 125 bytes (RFC 6455 §5.5).
    package var isControl: Bool { self.rawValue & 0x8 != 0 }
}
