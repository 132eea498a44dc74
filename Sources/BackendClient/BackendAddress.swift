// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a backend, an app or a monitored service is asked: `http[s]://host[:port][/path][?query]`.
package struct BackendAddress: Sendable, Hashable {
    /// As it was written.
    package let text: String
    package let isEncrypted: Bool
    /// An IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Path and query, percent-encoded; begins with `/`.
    package let target: String

    /// - Returns: `nil` when the text is no such address: another scheme, a user, a fragment, a character that must be
    ///   percent-encoded, a port that is none.
    package init?(_ text: String) {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
            let separator = text.firstRange(of: "://")
        else { return nil }
        switch text[..<separator.lowerBound].lowercased() {
        case "http": self.isEncrypted = false
        case "https": self.isEncrypted = true
        default: return nil
        }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        let (host, port) = Self.split(authority)
        guard !authority.contains("@"), !host.isEmpty, port.allSatisfy(\.isNumber),
            let number = port.isEmpty ? (self.isEncrypted ? 443 : 80) : Int(port), (1...65_535).contains(number)
        else { return nil }
        self.text = text
        self.host = String(host)
        self.port = number
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
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

    /// The `Host` header (RFC 9110 §7.2): an IPv6 address in brackets, the port where it is not the scheme's own.
    package var authority: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port == (self.isEncrypted ? 443 : 80) ? name : "\(name):\(self.port)"
    }

    /// Scheme, host and port, without what a path or query may tell: for logs.
    package var origin: String { "\(self.isEncrypted ? "https" : "http")://\(self.authority)" }
}
