// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Who sent a request, as far as that can be trusted.
///
/// A proxy names its client in `X-Forwarded-For`, to which each further proxy appends the one before it, or in `Forwarded` (RFC
/// 7239), which counts where the other is missing. Only what a trusted proxy says is believed: read from the right, the client
/// is the first address that is none of them.
package struct RequestSource: Hashable, Sendable {
    /// Addresses looked at in a list. Nobody has so many proxies; whoever sends more is named by the last one looked at.
    private static let maximumHopCount = 32

    private static let headerNames = [
        "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "forwarded", "via",
    ]

    /// The client's address without a port, or the peer's where no trusted proxy names another. Each has one spelling.
    package var address: String
    /// Whether the request has a header that proxies add, trusted or not.
    package var isForwarded: Bool
    /// Whether it came encrypted: as a trusted proxy says, the last value of `X-Forwarded-Proto`, or of `Forwarded`; where none says
    /// anything, as the connection itself is.
    package var isSecure: Bool

    /// - Parameters:
    ///   - peer: the address at the other end of the socket; empty where there is none.
    ///   - isEncrypted: the connection is.
    package init(peer: String, headers: HTTPHeaders, trustedProxies: [AddressBlock], isEncrypted: Bool = false) {
        self.address = peer
        self.isForwarded = Self.headerNames.contains { headers.contains($0) }
        self.isSecure = isEncrypted
        guard self.isForwarded, trustedProxies.contains(address: peer) else { return }
        let elements = headers.values("forwarded").reversed().lazy.flatMap { Self.elements($0).reversed() }
        self.isSecure =
            if headers.contains("x-forwarded-proto") {
                Self.isSecure(headers.values("x-forwarded-proto").last?.split(separator: ",").last)
            } else {
                elements.first.flatMap { Self.parameter("proto", of: $0) }.map { Self.isSecure($0) } ?? isEncrypted
            }
        if headers.contains("x-forwarded-for") {
            let hops = headers.values("x-forwarded-for").reversed().lazy
                .flatMap { $0.split(separator: ",").reversed() }
            self.follow(hops, trustedProxies)
        } else {
            self.follow(elements.map { Self.parameter("for", of: $0) ?? "" }, trustedProxies)
        }
    }

    /// - Parameter hops: the nearest first.
    private mutating func follow(_ hops: some Sequence<Substring>, _ trustedProxies: [AddressBlock]) {
        for hop in hops.prefix(Self.maximumHopCount) {
            // `unknown`, an obfuscated name or rubbish: whoever passed it on is the last who is known.
            guard let address = Self.address(hop) else { return }
            self.address = "\(address)"
            guard trustedProxies.contains(where: { $0.contains(address) }) else { return }
        }
    }

    /// An address with or without a port: `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
    private static func address(_ text: Substring) -> NetworkAddress? {
        let text = Self.trimmed(text)
        if let address = NetworkAddress(parsing: text) { return address }
        guard let colon = text.lastIndex(of: ":"), text[text.index(after: colon)...].allSatisfy(\.isNumber) else {
            return nil
        }
        let host = text[..<colon]
        guard host.hasPrefix("[") || !host.contains(":") else { return nil }
        return NetworkAddress(parsing: host)
    }

    private static func isSecure(_ scheme: Substring?) -> Bool {
        guard let scheme, scheme.utf8.count <= 16 else { return false }
        return ["https", "wss"].contains(Self.trimmed(scheme).lowercased())
    }

    // MARK: - Forwarded

    /// The elements of a `Forwarded` header, one for each proxy. Commas in quoted strings separate nothing.
    private static func elements(_ value: String) -> [Substring] { Self.split(value[...], at: ",") }

    /// A parameter of an element, unquoted. Names compare without regard to letter case.
    private static func parameter(_ name: String, of element: Substring) -> Substring? {
        for pair in Self.split(element, at: ";") {
            guard let equals = pair.firstIndex(of: "="), Self.trimmed(pair[..<equals]).lowercased() == name else {
                continue
            }
            let value = Self.trimmed(pair[pair.index(after: equals)...])
            return value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
                ? value.dropFirst().dropLast() : value
        }
        return nil
    }

    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isQuoted = false
        return text.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start.prefix(0) }
        return start[...end]
    }
}
