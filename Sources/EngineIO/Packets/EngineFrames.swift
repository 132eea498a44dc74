// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import WebSocketProtocol

/// Packets of the protocol itself as WebSocket frames, and what polls are answered with.
enum EngineFrames {
    /// What separates packets in a payload.
    static let separator: UInt8 = 0x1E

    static let ping = Self.text("2")
    static let probeAnswer = Self.text("3probe")

    /// Bodies of poll answers.
    static let closeBody = ByteBuffer(string: "1")
    static let noopBody = ByteBuffer(string: "6")

    /// A text frame.
    static func text(_ text: String) -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.appendText(text, to: &frame)
        return frame
    }
}
