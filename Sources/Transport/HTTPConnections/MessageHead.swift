// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The first line and the headers of a request or response, read strictly (RFC 9112 §3–§5).
struct MessageHead {
    /// The three parts of the first line; the last may hold spaces, as a status line's phrase does.
    let firstLine: (String, String, String)
    let headers: HTTPHeaders

    /// Reads a head that `HeadScanner` found: lines that end with CR LF, the last of them empty.
    ///
    /// Nil for a first line without three parts, a line without a name, a space before the colon, or a line that
    /// continues the one before (obsolete, and a way to smuggle).
    init?(_ bytes: UnsafeRawBufferPointer) {
        var headers = HTTPHeaders()
        var firstLine: (String, String, String)?
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0D) {
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = rest[end...].dropFirst(2)
            if line.isEmpty { break }
            if firstLine == nil {
                guard let parts = Self.parts(of: line) else { return nil }
                firstLine = parts
            } else {
                guard let field = Self.field(line) else { return nil }
                headers.append(field.name, field.value)
            }
        }
        guard let firstLine else { return nil }
        self.firstLine = firstLine
        self.headers = headers
    }

    /// A request's method, target and minor version; nil if the line is no request line of HTTP/1.
    var requestLine: (method: String, target: String, minorVersion: Int)? {
        let (method, target, version) = self.firstLine
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isTokenByte), !target.isEmpty else { return nil }
        switch version {
        case "HTTP/1.1": return (method: method, target: target, minorVersion: 1)
        case "HTTP/1.0": return (method: method, target: target, minorVersion: 0)
        default: return nil
        }
    }

    /// A response's status; nil if the line is no status line of HTTP/1.
    var status: Int? {
        guard self.firstLine.0.hasPrefix("HTTP/1."), self.firstLine.1.utf8.count == 3 else { return nil }
        return Int(self.firstLine.1)
    }

    private static func parts(of line: UnsafeRawBufferPointer) -> (String, String, String)? {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return (
            String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self),
            String(decoding: parts[2], as: UTF8.self)
        )
    }

    private static func field(_ line: UnsafeRawBufferPointer) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(Self.isTokenByte)
        else { return nil }
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value = value.dropFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value = value.dropLast() }
        return (
            name: String(decoding: line[..<colon], as: UTF8.self), value: String(decoding: value, as: UTF8.self)
        )
    }

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
