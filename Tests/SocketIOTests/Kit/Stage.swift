// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOEmbedded

@testable import SocketIO

/// One connection with everything around it recorded, on a loop that the test turns.
final class Stage {
    let loop = EmbeddedEventLoop()
    let port: RecordingPort
    let gate = RecordingGate()
    let connection: SocketConnection

    init(_ change: (inout SocketLimits) -> Void = { _ in }) {
        var limits = SocketLimits()
        change(&limits)
        self.port = RecordingPort(eventLoop: self.loop)
        self.connection = SocketConnection(port: self.port, limits: limits, gate: self.gate)
        self.connection.opened()
    }

    /// The connection ends by itself when the test does, so that nothing keeps itself alive.
    deinit { if self.gate.closed.isEmpty { self.connection.closed(.transportClose) } }

    var isClosed: Bool { self.port.closed != nil }

    /// As the client sends it, with the `4`.
    func text(_ message: String) {
        precondition(message.first == "4", "not a message of Engine.IO")
        Array(message.utf8.dropFirst()).withUnsafeBytes { self.connection.received(text: $0) }
    }

    func binary(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.connection.received(binary: $0) } }

    func handler(_ index: Int) -> RecordingHandler { self.gate.handlers[index] }
}

extension SocketPacketDecoder {
    mutating func decode(_ text: String) throws -> SocketPacket? {
        try Array(text.utf8).withUnsafeBytes { try self.decode(text: $0) }
    }

    mutating func decode(_ bytes: [UInt8]) throws -> SocketPacket? {
        try bytes.withUnsafeBytes { try self.decode(binary: $0) }
    }
}
