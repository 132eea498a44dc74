// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// URIs and relative references of RFC 3986 §4.1.
enum URIFormat {
    static func isReference(_ text: UnsafeBufferPointer<UInt8>, needsScheme: Bool) -> Bool {
        guard Self.hasOnlyURICharacters(text) else { return false }
        let path = text.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? text.count
        let fragment = text.firstIndex(of: UInt8(ascii: "#")) ?? text.count
        // Brackets belong around an address; a second '#' belongs nowhere.
        guard !text[path...].contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }),
            !text[fragment...].dropFirst().contains(UInt8(ascii: "#"))
        else { return false }
        var hierarchy = text[..<path]
        let hasScheme: Bool
        if let colon = Self.schemeEnd(hierarchy) {
            hasScheme = true
            hierarchy = hierarchy[(colon + 1)...]
        } else {
            hasScheme = false
            // §4.2: a colon in the first segment would read as a scheme.
            guard !hierarchy.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) else {
                return false
            }
        }
        guard hasScheme || !needsScheme else { return false }
        guard hierarchy.starts(with: "//".utf8) else { return Self.isPath(hierarchy) }
        let rest = hierarchy.dropFirst(2)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        return Self.isAuthority(authority) && Self.isPath(rest.dropFirst(authority.count))
    }

    private static func schemeEnd(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = text.first, first.isLetter else { return nil }
        let scheme = text.prefix { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
        guard scheme.endIndex < text.endIndex, text[scheme.endIndex] == UInt8(ascii: ":") else { return nil }
        return scheme.endIndex
    }

    private static func isPath(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        !text.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
    }

    /// §3.2: `user@host:port`, host possibly a bracketed address.
    private static func isAuthority(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var host = text
        if let at = text.firstIndex(of: UInt8(ascii: "@")) {
            guard Self.isPath(text[..<at]) else { return false }
            host = text[(at + 1)...]
        }
        guard !host.contains(UInt8(ascii: "@")) else { return false }
        var port = host[host.endIndex...]
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = host[(host.startIndex + 1)..<end]
            port = host[(end + 1)...]
            guard Self.isFutureAddress(address) || AddressFormat.isIPv6(UnsafeBufferPointer(rebasing: address)) else {
                return false
            }
        } else {
            let name = host.prefix { $0 != UInt8(ascii: ":") }
            guard Self.isPath(name) else { return false }
            port = host.dropFirst(name.count)
        }
        guard let colon = port.first else { return true }
        return colon == UInt8(ascii: ":") && port.dropFirst().allSatisfy(\.isDigit)
    }

    /// §3.2.2 `IPvFuture`.
    private static func isFutureAddress(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = text.first, first | 0x20 == UInt8(ascii: "v") else { return false }
        let version = text.dropFirst().prefix(while: \.isHexDigit)
        let rest = text.dropFirst(1 + version.count)
        return !version.isEmpty && rest.first == UInt8(ascii: ".") && rest.count > 1
            && !rest.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "[") }
    }

    /// §2: unreserved, reserved, and whole percent-encodings.
    private static func hasOnlyURICharacters(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let punctuation = "-._~:/?#[]@!$&'()*+,;=".utf8
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "%") {
                guard position + 2 < text.count, text[position + 1].isHexDigit, text[position + 2].isHexDigit else {
                    return false
                }
                position += 3
            } else {
                guard byte.isLetter || byte.isDigit || punctuation.contains(byte) else { return false }
                position += 1
            }
        }
        return true
    }
}
