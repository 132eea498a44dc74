// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import WebSocketProtocol

/// A blocking TCP client that speaks HTTP and WebSocket as a test says. Every wait ends after ten seconds at most.
final class WireClient {
    struct Fault: Error { let what: String }

    struct Response {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: String
    }

    struct Frame: Equatable {
        var opcode: Opcode
        var payload: [UInt8]

        var text: String { String(decoding: self.payload, as: UTF8.self) }
        /// 0: a close frame without one.
        var closeCode: Int { self.payload.count >= 2 ? Int(self.payload[0]) << 8 | Int(self.payload[1]) : 0 }
    }

    private let descriptor: CInt
    private var received: [UInt8] = []

    init(port: Int) throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
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

    // MARK: - Bytes

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault(what: "cannot write") }
            sent += count
        }
    }

    func write(_ text: String) throws { try self.write(Array(text.utf8)) }

    private func receiveOnce() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(self.descriptor, $0.baseAddress!, $0.count, 0) }
        if count < 0, errno == EAGAIN { throw Fault(what: "nothing arrived in ten seconds") }
        return Array(buffer.prefix(max(0, count)))
    }

    func read(_ count: Int) throws -> [UInt8] {
        while self.received.count < count {
            let bytes = try self.receiveOnce()
            guard !bytes.isEmpty else { throw Fault(what: "the server closed the connection") }
            self.received += bytes
        }
        defer { self.received.removeFirst(count) }
        return Array(self.received.prefix(count))
    }

    /// Whether the server ends the connection without sending more.
    func isClosed() throws -> Bool { try self.received.isEmpty && self.receiveOnce().isEmpty }

    // MARK: - HTTP

    func readResponse(hasBody: Bool = true) throws -> Response {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try self.read(1) }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            let name = parts[0].lowercased()
            let value = parts[1].drop { $0 == " " }
            headers[name] = headers[name].map { "\($0), \(value)" } ?? String(value)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        return Response(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: headers,
            body: String(decoding: hasBody ? try self.read(length) : [], as: UTF8.self))
    }

    static func request(_ method: String, _ target: String, _ headers: String = "", body: String? = nil) -> String {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        return "\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\(length)\r\n\(body ?? "")"
    }

    func ask(_ method: String, _ target: String, _ headers: String = "", body: String? = nil) throws -> Response {
        try self.write(Self.request(method, target, headers, body: body))
        return try self.readResponse()
    }

    // MARK: - WebSocket

    static func upgradeRequest(_ target: String, _ headers: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(headers)\r\n"
    }

    /// Asks for a WebSocket. The answer has a body only if it is no 101.
    @discardableResult
    func upgrade(_ target: String, _ headers: String = "") throws -> Response {
        try self.write(Self.upgradeRequest(target, headers))
        return try self.readResponse()
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

    /// The text of the next frame.
    func readText() throws -> String {
        let frame = try self.readFrame()
        guard frame.opcode == .text else { throw Fault(what: "\(frame.opcode) instead of a text") }
        return frame.text
    }

    static func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let key: [UInt8] = [1, 2, 3, 4]
        var frame: [UInt8] = [opcode.rawValue | (isFinal ? 0x80 : 0)]
        switch payload.count {
        case ...125: frame.append(0x80 | UInt8(payload.count))
        case ...0xFFFF: frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func send(_ opcode: Opcode, _ payload: [UInt8] = []) throws { try self.write(Self.frame(opcode, payload)) }

    func send(_ text: String) throws { try self.send(.text, Array(text.utf8)) }
}
