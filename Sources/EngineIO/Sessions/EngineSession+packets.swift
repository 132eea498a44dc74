// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// What a WebSocket brings, and, packet by packet, a POST.
extension EngineSession: ConnectionSession {
    func opened() { self.open() }

    func received(text: UnsafeRawBufferPointer) {
        guard self.phase == .open else { return }
        switch text.first {
        case UInt8(ascii: "4"): self.handler?.received(text: UnsafeRawBufferPointer(rebasing: text.dropFirst()))
        case UInt8(ascii: "b"):
            guard let bytes = Base64Text.decode(UnsafeRawBufferPointer(rebasing: text.dropFirst())) else {
                return self.end(.parseError)
            }
            bytes.withUnsafeReadableBytes { self.handler?.received(binary: $0) }
        case UInt8(ascii: "3"): self.receivedPong()
        // Of no meaning here, but some clients send them.
        case UInt8(ascii: "0"), UInt8(ascii: "5"), UInt8(ascii: "6"): break
        case UInt8(ascii: "1"): self.end(.transportClose, .noop)
        // Only the server pings.
        case UInt8(ascii: "2"): self.end(.transportError)
        default: self.end(.parseError)
        }
    }

    func received(binary: UnsafeRawBufferPointer) {
        guard self.phase == .open else { return }
        self.handler?.received(binary: binary)
    }

    func lost(frameCount: Int) { self.handler?.lost(frameCount: frameCount) }

    func closed() {
        guard let socket = self.socket else { return }
        self.end(socket.endReason)
    }
}
