// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A server on a free port of 127.0.0.1 that does with each connection what a test says: a backend that may be
/// slow, wrong or rude. The request's head is read before; the connection is closed afterwards.
final class RudeServer: Sendable {
    /// One accepted connection.
    struct Connection {
        let descriptor: Int32

        /// False once the other side is gone.
        @discardableResult
        func send(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return bytes.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
            }
        }

        /// Whether the other side closed within this time; negative: waits for it as long as it takes.
        @discardableResult
        func isClosed(withinMilliseconds milliseconds: Int32) -> Bool {
            var state = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&state, 1, milliseconds) > 0 else { return false }
            var byte: UInt8 = 0
            return recv(self.descriptor, &byte, 1, 0) <= 0
        }
    }

    struct Failure: Error {}

    let port: UInt16
    private let descriptor: Int32
    private let isStopped = Mutex(false)

    init(_ handle: @escaping @Sendable (Connection) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw Failure() }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: address.sin_port)
        // Threads, not a dispatch queue: what blocks here must not hold up the queues of the code under test.
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                Thread.detachNewThread {
                    Self.readHead(connection)
                    handle(Connection(descriptor: connection))
                    close(connection)
                }
            }
            close(descriptor)
        }
    }

    deinit { self.stop() }

    /// Refuses connections from now on. On Linux this ends the waiting `accept`.
    func stop() {
        let isFirst = self.isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        // Once only: afterwards the number may belong to another socket.
        if isFirst { shutdown(self.descriptor, Int32(SHUT_RDWR)) }
    }

    private static func readHead(_ connection: Int32) {
        var head = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !head.contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            head += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
