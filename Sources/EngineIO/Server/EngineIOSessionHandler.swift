// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Gives what comes from a session to the application's blocks.
final class EngineIOSessionHandler: EngineSessionHandler {
    private let session: EngineIOSession
    private let onConnection: @Sendable (EngineIOSession) -> Void

    init(_ port: any EnginePort, onConnection: @escaping @Sendable (EngineIOSession) -> Void) {
        self.session = EngineIOSession(port)
        self.onConnection = onConnection
    }

    func opened() { self.onConnection(self.session) }

    func received(text: UnsafeRawBufferPointer) { self.session.received(.text(String(decoding: text, as: UTF8.self))) }

    func received(binary: UnsafeRawBufferPointer) { self.session.received(.binary(Array(binary))) }

    func closed(_ reason: EngineCloseReason) { self.session.closed(reason) }
}
