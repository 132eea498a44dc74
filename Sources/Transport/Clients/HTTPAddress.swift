// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a plain HTTP request goes: `http://host[:port][/path][?query]`.
package struct HTTPAddress: Sendable {
    package let host: String
    package let port: Int
    /// Path and query, percent-encoded; begins with `/`.
    package let target: String

    /// - Returns: `nil` when the text is no such address: another scheme, a user, a fragment, a character that must be
    ///   percent-encoded, a port that is none.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.lowercased().hasPrefix("http://"),
            !text.contains("#")
        else { return nil }
        let rest = text.dropFirst(7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return nil }
        let target = rest.dropFirst(authority.count)
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        let (host, port) = Self.split(authority)
        guard !host.isEmpty, !port.hasPrefix("+"), let number = port.isEmpty ? 80 : Int(port),
            (1...65_535).contains(number)
        else { return nil }
        self.host = String(host)
        self.port = number
    }

    /// An IPv6 address stands in brackets.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return ("", "") }
            let rest = authority[end...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(":") else { return ("", "") }
            return (authority[..<end].dropFirst(), rest.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, "") }
        return (authority[..<colon], authority[colon...].dropFirst())
    }

    /// The `Host` header (RFC 9110 §7.2): an IPv6 address in brackets, the port where it is not 80.
    package var authority: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == 80 ? name : "\(name):\(self.port)"
    }
}
