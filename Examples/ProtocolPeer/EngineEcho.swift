// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOCore
import WebSocketProtocol

/// Sends each message of an Engine.IO session back as it came.
final class EngineEcho: EngineSessionHandler {
    private let port: any EnginePort

    init(port: any EnginePort) { self.port = port }

    func opened() {}

    func received(text: UnsafeRawBufferPointer) {
        // A message's text stands behind its type.
        var payload: [UInt8] = [UInt8(ascii: "4")]
        payload.append(contentsOf: text)
        payload.withUnsafeBytes { self.send(.text, $0) }
    }

    func received(binary: UnsafeRawBufferPointer) { self.send(.binary, binary) }

    func closed(_ reason: EngineCloseReason) {}

    private func send(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
        var frame = ByteBuffer()
        WebSocketFrame.append(opcode, payload, to: &frame)
        self.port.send(frame)
    }
}
