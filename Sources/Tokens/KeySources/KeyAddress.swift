// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The address of a JWK set: `http` or `https`, with a host.
struct KeyAddress: Sendable {
    /// As configured; may hold a user and a query, so it is not for the log.
    let text: String
    /// Scheme, host, port and path only.
    let nameForLog: String
    let isEncrypted: Bool
    private let host: String

    init(_ text: String) throws(KeyFault) {
        let lowercased = text.lowercased()
        self.isEncrypted = lowercased.hasPrefix("https://")
        guard self.isEncrypted || lowercased.hasPrefix("http://") else {
            throw KeyFault(.malformed, "the address of a key set begins with https:// or http://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw KeyFault(.malformed, "the address of a key set has a character that must be percent-encoded")
        }
        let scheme = self.isEncrypted ? "https://" : "http://"
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        // Up to the last @ is a user and a password.
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
        guard !host.isEmpty, !host.hasPrefix(":") else {
            throw KeyFault(.malformed, "the address of a key set has no host")
        }
        self.text = text
        self.host = host.lowercased()
        self.nameForLog = scheme + host + path
    }

    /// Whoever can change the answer on its way can make tokens; within one machine nobody can.
    var weakness: KeyFault? {
        guard !self.isEncrypted, !self.isLoopback else { return nil }
        return KeyFault(.weak, "\(self.nameForLog): keys are fetched without TLS")
    }

    private var isLoopback: Bool {
        if self.host.hasPrefix("[") { return self.host.hasPrefix("[::1]") }
        let name = self.host.prefix { $0 != ":" }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return name == "localhost"
            || numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
