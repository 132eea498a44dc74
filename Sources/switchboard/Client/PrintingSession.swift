// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections

/// A client that says something at first and prints everything it is told.
final class PrintingSession: ConnectionSession {
    private let port: any ClientPort
    private let greetings: [String]
    private let ended: @Sendable () -> Void

    init(port: any ClientPort, greetings: [String], ended: @escaping @Sendable () -> Void) {
        self.port = port
        self.greetings = greetings
        self.ended = ended
    }

    func opened() {
        for greeting in self.greetings { self.port.send(greeting) }
    }

    func received(text: UnsafeRawBufferPointer) { Console.print(String(decoding: text, as: UTF8.self)) }

    func received(binary: UnsafeRawBufferPointer) { Console.print("(\(binary.count) bytes of binary data)") }

    func closed() { self.ended() }
}
