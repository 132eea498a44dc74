// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The opening handshake (RFC 6455 §4), as rules about headers; it reads and writes no socket.
///
/// `values` gives every value of a header by its lower-case name, in order, each line's value as it stood.
package enum Handshake {
    /// The only version there is (RFC 6455 §4.1).
    package static let version = "13"

    /// What a server puts in `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
    package static func acceptValue(forKey key: String) -> String {
        Base64.encode(SHA1.digest(of: (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    }

    /// Whether a request asks for a WebSocket at all, well formed or not.
    package static func isRequested(values: (_ name: String) -> [String]) -> Bool {
        Self.hasToken("websocket", in: values("upgrade"))
    }

    /// Checks a client's request against RFC 6455 §4.2.1 and returns the accept value to answer with.
    package static func checkRequest(
        method: String, minorVersion: Int, values: (_ name: String) -> [String]
    ) throws(HandshakeFault) -> String {
        guard method == "GET" else { throw .badRequest("a WebSocket begins with GET") }
        guard minorVersion >= 1 else { throw .badRequest("a WebSocket needs HTTP/1.1") }
        guard values("host").count == 1 else { throw .badRequest("a request has one Host header") }
        guard Self.hasToken("websocket", in: values("upgrade")) else {
            throw .badRequest("Upgrade does not name websocket")
        }
        guard Self.hasToken("upgrade", in: values("connection")) else {
            throw .badRequest("Connection does not name upgrade")
        }
        let versions = values("sec-websocket-version")
        guard !versions.isEmpty else { throw .badRequest("Sec-WebSocket-Version is missing") }
        guard versions.count == 1, Self.trimmed(versions[0]) == Self.version else { throw .unsupportedVersion }
        let keys = values("sec-websocket-key")
        guard keys.count == 1 else { throw .badRequest("a request has one Sec-WebSocket-Key") }
        let key = Self.trimmed(keys[0])
        guard Base64.isSixteenBytes(key) else { throw .badRequest("Sec-WebSocket-Key is not 16 bytes of base64") }
        // Bytes behind the head are frames; a body there would let two readers disagree on where frames begin.
        guard values("transfer-encoding").isEmpty, values("content-length").allSatisfy({ Self.trimmed($0) == "0" })
        else { throw .badRequest("a WebSocket request has no body") }
        return Self.acceptValue(forKey: String(key))
    }

    /// The names in `Sec-WebSocket-Protocol`, in the client's order of preference.
    package static func offeredSubprotocols(values: (_ name: String) -> [String]) -> [String] {
        values("sec-websocket-protocol").flatMap { line in
            line.split(separator: ",").map { String(Self.trimmed($0)) }.filter { !$0.isEmpty }
        }
    }

    /// The server's answer that makes the connection a WebSocket.
    ///
    /// `subprotocol` is one of those the client offered, or nil. No argument may hold a line end.
    package static func response(
        acceptValue: String, subprotocol: String?, headers: [(name: String, value: String)] = []
    ) -> String {
        var text =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(acceptValue)\r\n"
        if let subprotocol { text += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return text + "\r\n"
    }

    // MARK: - The client's side

    /// A fresh `Sec-WebSocket-Key` (RFC 6455 §4.1).
    package static func makeKey(using generator: inout some RandomNumberGenerator) -> String {
        Base64.encode((0..<16).map { _ in UInt8.random(in: 0...UInt8.max, using: &generator) })
    }

    /// A client's request. `host` is the authority with its port if that is not 80, `target` path and query.
    ///
    /// Throws when a value holds a control character, which would end its line early.
    package static func request(
        host: String, target: String, key: String, headers: [(name: String, value: String)]
    ) throws(HandshakeFault) -> String {
        var text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: \(Self.version)\r\n"
        let values = [host, target, key] + headers.flatMap { [$0.name, $0.value] }
        guard values.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }), !target.contains(" ") else {
            throw HandshakeFault(status: 0, message: "a header or the target holds a control character")
        }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return text + "\r\n"
    }

    /// Checks a server's answer against RFC 6455 §4.1.
    package static func checkResponse(
        status: Int, key: String, values: (_ name: String) -> [String]
    ) throws(HandshakeFault) {
        guard status == 101 else {
            throw HandshakeFault(status: status, message: "the server answered \(status), not 101")
        }
        let accepted = values("sec-websocket-accept")
        guard Self.hasToken("websocket", in: values("upgrade")), Self.hasToken("upgrade", in: values("connection")),
            accepted.count == 1, Self.trimmed(accepted[0]) == Self.acceptValue(forKey: key)
        else { throw HandshakeFault(status: status, message: "the server's 101 does not answer this request") }
        guard values("sec-websocket-extensions").isEmpty else {
            throw HandshakeFault(status: status, message: "the server chose an extension that was not offered")
        }
    }

    // MARK: - Header values

    /// Whether one of `lines`, each a comma-separated list, holds `token` (lower case) in any letter case.
    private static func hasToken(_ token: String, in lines: [String]) -> Bool {
        lines.contains { line in
            line.split(separator: ",").contains { Self.trimmed($0).lowercased() == token }
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let utf8 = Array(text.utf8)
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: utf8[first...last], as: UTF8.self)
    }
}
