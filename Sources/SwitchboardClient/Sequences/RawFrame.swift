// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One frame as it was on the wire, whatever it says.
public struct RawFrame: Sendable, Equatable {
    /// Which way a frame went, as the client sees it.
    public enum Direction: String, Sendable, Equatable { case sent, received }

    /// Which way it went.
    public let direction: Direction
    /// `nil` for a binary frame.
    public let text: String?
    /// UTF-8 of the text, or the binary frame's bytes.
    public let byteCount: Int
    /// Whether it is a packet of Engine.IO.
    private let isPacket: Bool

    init(direction: Direction, text: String?, byteCount: Int, isPacket: Bool) {
        self.direction = direction
        self.text = text
        self.byteCount = byteCount
        self.isPacket = isPacket
    }

    /// What is said in it: all of a plain frame's text; of Socket.IO the JSON of an event, an answer or a refusal. `nil` for binary
    /// frames, and for packets that only keep or open a connection.
    public var message: String? {
        guard self.isPacket else { return self.text }
        guard var text = self.text, text.utf8.first == UInt8(ascii: "4") else { return nil }
        return text.withUTF8 { bytes in
            guard
                let packet = SocketIOPacket(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).dropFirst()))
            else { return nil }
            switch packet.kind {
            case .connect, .disconnect: return nil
            case .event, .answer, .refusal, .binaryEvent, .binaryAnswer:
                return String(decoding: packet.payload, as: UTF8.self)
            }
        }
    }
}
