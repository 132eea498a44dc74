// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import WebSocketProtocol

/// A blocking TCP client that speaks only what a test writes. Every wait ends after ten seconds at most.
final class RawClient {
    struct Frame: Equatable {
        var opcode: Opcode
        var payload: [UInt8]

        var text: String { String(decoding: self.payload, as: UTF8.self) }
        var closeCode: Int? { self.payload.count >= 2 ? Int(self.payload[0]) << 8 | Int(self.payload[1]) : nil }
    }

    struct Fault: Error { let what: String }

    private let descriptor: CInt
    private var encryption: ClientEncryption?
    /// At most so many bytes leave at once, each in a packet of its own.
    var packetByteCount = Int.max
    private var received: [UInt8] = []
    private var position = 0

    /// - Parameter receiveByteCount: SO_RCVBUF, to fill it soon; nil: the system's.
    init(port: Int, receiveByteCount: Int? = nil) throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let receiveByteCount {
            var size = CInt(receiveByteCount)
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Fault(what: "cannot connect") }
    }

    deinit { Glibc.close(self.descriptor) }

    /// Shakes hands for TLS; from here on all is encrypted.
    func startTLS(_ encryption: ClientEncryption) throws {
        var noDelay = CInt(1)
        setsockopt(
            self.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<CInt>.size))
        try self.writeWire(encryption.begin())
        while try !encryption.isReady {
            let wire = try self.receiveWire(limit: 65536)
            guard !wire.isEmpty else { throw Fault(what: "the server closed the connection") }
            let (plain, answer) = try encryption.open(wire)
            self.received += plain
            try self.writeWire(answer)
        }
        self.encryption = encryption
    }

    /// Tells the server, by TLS and not by TCP, that nothing more comes.
    func endEncryptedWriting() throws { try self.writeWire(self.encryption?.end() ?? []) }

    /// Whether the server has said by TLS that it sends nothing more, as far as was read.
    var isEncryptionEnded: Bool { get throws { try self.encryption?.isEnded ?? false } }

    func write(_ bytes: [UInt8]) throws { try self.writeWire(self.encryption?.seal(bytes) ?? bytes) }

    /// Past TLS, if there is any.
    func writeWire(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    self.descriptor, $0.baseAddress! + sent, min(bytes.count - sent, self.packetByteCount),
                    CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault(what: "cannot write") }
            sent += count
        }
    }

    func write(_ text: String) throws { try self.write(Array(text.utf8)) }

    /// Ends this side; what the server sends can still be read.
    func shutDownWriting() { shutdown(self.descriptor, CInt(SHUT_WR)) }

    /// What is next, in one `recv` or, encrypted, in as few as there have to be. Empty: the server has closed, or reset, the
    /// connection.
    func receiveOnce(limit: Int = 65536) throws -> [UInt8] {
        guard let encryption = self.encryption else { return try self.receiveWire(limit: limit) }
        while true {
            let wire = try self.receiveWire(limit: limit)
            guard !wire.isEmpty else { return [] }
            let (plain, answer) = try encryption.open(wire)
            // Of a server that has closed already there is nobody to answer.
            try? self.writeWire(answer)
            if !plain.isEmpty { return plain }
        }
    }

    private func receiveWire(limit: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = buffer.withUnsafeMutableBytes { recv(self.descriptor, $0.baseAddress!, limit, 0) }
        if count < 0, errno == EAGAIN { throw Fault(what: "nothing arrived in ten seconds") }
        return Array(buffer.prefix(max(0, count)))
    }

    private func fill(to count: Int) throws {
        while self.received.count - self.position < count {
            let bytes = try self.receiveOnce()
            guard !bytes.isEmpty else { throw Fault(what: "the server closed the connection") }
            if self.position > 1 << 20 {
                self.received.removeFirst(self.position)
                self.position = 0
            }
            self.received += bytes
        }
    }

    func read(_ count: Int) throws -> [UInt8] {
        try self.fill(to: count)
        defer { self.position += count }
        return Array(self.received[self.position..<self.position + count])
    }

    /// A response's head, through its empty line.
    func readHead() throws -> String {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try self.read(1) }
        return String(decoding: head, as: UTF8.self)
    }

    /// A response with its body, by its Content-Length.
    func readResponse(hasBody: Bool = true) throws -> (status: Int, head: String, body: String) {
        let head = try self.readHead()
        let lines = head.split(separator: "\r\n")
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let length =
            lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        let body = hasBody ? try self.read(length) : []
        return (status: status, head: head, body: String(decoding: body, as: UTF8.self))
    }

    func readFrame() throws -> Frame {
        let start = try self.read(2)
        var length = Int(start[1] & 0x7F)
        switch length {
        case 126: length = try self.read(2).reduce(0) { $0 << 8 | Int($1) }
        case 127: length = try self.read(8).reduce(0) { $0 << 8 | Int($1) }
        default: break
        }
        guard let opcode = Opcode(rawValue: start[0] & 0x0F) else { throw Fault(what: "unknown opcode") }
        return Frame(opcode: opcode, payload: try self.read(length))
    }

    /// Whether the server ends the connection without sending more.
    func isClosed() throws -> Bool {
        guard self.position == self.received.count else { return false }
        return try self.receiveOnce().isEmpty
    }

    /// Everything until the server ends the connection.
    func readToEnd() throws -> [UInt8] {
        var all = Array(self.received[self.position...])
        self.position = self.received.count
        while true {
            let bytes = try self.receiveOnce()
            if bytes.isEmpty { return all }
            all += bytes
        }
    }

    // MARK: - WebSocket

    static func upgradeRequest(path: String = "/ws", extraHeaders: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(extraHeaders)\r\n"
    }

    /// Shakes hands and returns the head of the answer.
    @discardableResult
    func upgrade(path: String = "/ws", extraHeaders: String = "") throws -> String {
        try self.write(Self.upgradeRequest(path: path, extraHeaders: extraHeaders))
        return try self.readHead()
    }

    static func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let key: [UInt8] = [1, 2, 3, 4]
        precondition(payload.count < 126, "tests send short frames")
        return [opcode.rawValue | (isFinal ? 0x80 : 0), 0x80 | UInt8(payload.count)] + key
            + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func send(_ opcode: Opcode, _ payload: [UInt8] = []) throws { try self.write(Self.frame(opcode, payload)) }

    func send(text: String) throws { try self.send(.text, Array(text.utf8)) }
}
