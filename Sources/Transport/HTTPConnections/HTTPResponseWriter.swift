// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTP
import NIOCore

/// Writes responses as bytes (RFC 9112 §4), each whole in one buffer. Owned by a loop; keeps the second's date.
struct HTTPResponseWriter {
    private var dateSecond: time_t = 0
    private var date = ""

    /// - Parameters:
    ///   - isHead: the request was HEAD: the length is told, the body is left out.
    ///   - keepsAlive: what `Connection` says.
    mutating func bytes(of response: HTTPResponse, isHead: Bool, keepsAlive: Bool) -> ByteBuffer {
        let status = response.status
        var bytes = ByteBuffer()
        bytes.reserveCapacity(256 + response.body.readableBytes)
        bytes.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for field in response.headers where Self.isWritable(field) && !Self.isOurs(field.name) {
            bytes.writeString("\(field.name): \(field.value)\r\n")
        }
        bytes.writeString("Date: \(self.currentDate())\r\n")
        if !status.forbidsBody { bytes.writeString("Content-Length: \(response.body.readableBytes)\r\n") }
        bytes.writeString(keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n")
        if !isHead, !status.forbidsBody { bytes.writeImmutableBuffer(response.body) }
        return bytes
    }

    /// Framing and the connection's fate are decided here, not by whoever made the response.
    private static func isOurs(_ name: String) -> Bool {
        ["content-length", "transfer-encoding", "connection", "date"].contains(name.lowercased())
    }

    /// Those of `headers` that can be written, without those that are decided here.
    static func writable(_ headers: HTTPHeaders) -> [HTTPHeaders.Field] {
        headers.filter { Self.isWritable($0) && !Self.isOurs($0.name) }
    }

    /// A line end in a name or value would let it begin a header, or a response, of its own.
    private static func isWritable(_ field: HTTPHeaders.Field) -> Bool {
        let isNameByte: (UInt8) -> Bool = { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        return !field.name.isEmpty && field.name.utf8.allSatisfy(isNameByte)
            && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// RFC 9110 §5.6.7, made once a second.
    private mutating func currentDate() -> String {
        let now = time(nil)
        guard now != self.dateSecond else { return self.date }
        self.dateSecond = now
        var second = now
        var parts = tm()
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = days[Int(parts.tm_wday) % 7]
        let month = months[Int(parts.tm_mon) % 12]
        func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        self.date =
            "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
        return self.date
    }
}
