// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Addresses of hosts and mailboxes.
enum AddressFormat {
    /// RFC 1123 §2.1: labels of letters, digits and inner hyphens, 63 bytes each, 253 together.
    ///
    /// An internationalized label (`xn--…`) is checked like any other; whether it decodes to an allowed one is not.
    static func isHostname(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard (1...253).contains(text.count) else { return false }
        for label in text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let first = label.first, let last = label.last, label.count <= 63,
                first.isLetter || first.isDigit, last.isLetter || last.isDigit,
                label.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") })
            else { return false }
        }
        return true
    }

    /// Four decimal numbers without leading zeros (RFC 6943 §3.1.1, "strict").
    static func isIPv4(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count <= 15 else { return false }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
                guard part.count == 1 || part.first != UInt8(ascii: "0") else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
            }
    }

    /// RFC 4291 §2.2, without zone.
    static func isIPv6(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard (2...45).contains(text.count) else { return false }
        var groups = 0
        var isShortened = false
        var position = 0
        while position < text.count {
            if text[position] == UInt8(ascii: ":") {
                let isPair = position + 1 < text.count && text[position + 1] == UInt8(ascii: ":")
                guard isPair ? !isShortened : groups > 0 else { return false }
                if isPair { isShortened = true }
                position += isPair ? 2 : 1
                // A single colon stands between groups only.
                guard position < text.count else { return isPair && groups <= 7 }
                guard text[position] != UInt8(ascii: ":") else { return false }
            }
            let end = text[position...].firstIndex(of: UInt8(ascii: ":")) ?? text.count
            let group = text[position..<end]
            if end == text.count, group.contains(UInt8(ascii: ".")) {
                guard Self.isIPv4(UnsafeBufferPointer(rebasing: group)) else { return false }
                groups += 2
            } else {
                guard (1...4).contains(group.count), group.allSatisfy(\.isHexDigit) else { return false }
                groups += 1
            }
            position = end
        }
        return isShortened ? groups <= 7 : groups == 8
    }

    /// RFC 5321 §4.1.2: a dot-string or quoted local part, and a host name or address literal.
    static func isEmail(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count <= 320, let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = text[..<at]
        let domain = UnsafeBufferPointer(rebasing: text[(at + 1)...])
        guard (1...64).contains(local.count) else { return false }
        return (Self.isDotString(local) || Self.isQuotedString(local))
            && (Self.isHostname(domain) || Self.isAddressLiteral(domain))
    }

    private static func isDotString(_ local: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let special = "!#$%&'*+-/=?^_`{|}~".utf8
        return local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { $0.isLetter || $0.isDigit || special.contains($0) }
        }
    }

    private static func isQuotedString(_ local: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let quote = UInt8(ascii: "\"")
        guard local.count >= 2, local.first == quote, local.last == quote else { return false }
        var isEscaped = false
        for byte in local.dropFirst().dropLast() {
            guard 0x20..<0x7F ~= byte, isEscaped || byte != quote else { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return !isEscaped
    }

    private static func isAddressLiteral(_ domain: UnsafeBufferPointer<UInt8>) -> Bool {
        guard domain.count > 2, domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") else {
            return false
        }
        let content = domain[1..<domain.count - 1]
        guard content.starts(with: "IPv6:".utf8) else { return Self.isIPv4(UnsafeBufferPointer(rebasing: content)) }
        return Self.isIPv6(UnsafeBufferPointer(rebasing: content.dropFirst(5)))
    }
}
