// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import WebSocketProtocol

/// Sends each message back as it came.
final class EchoSession: ConnectionSession {
    private let port: any OutboundPort

    init(port: any OutboundPort) { self.port = port }

    func opened() {}

    func received(text: UnsafeRawBufferPointer) { self.echo(.text, text) }

    func received(binary: UnsafeRawBufferPointer) { self.echo(.binary, binary) }

    func closed() {}

    private func echo(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
        var frame = ByteBuffer()
        WebSocketFrame.append(opcode, payload, to: &frame)
        self.port.send(frame)
    }
}
