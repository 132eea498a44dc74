// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An IP address. One of IPv4 and the same mapped into IPv6 (RFC 4291 §2.5.5.2) are equal, and written as IPv4.
package struct NetworkAddress: Hashable, Sendable {
    /// Longest text that can be an address, and longer than any is (RFC 4291 §2.2).
    private static let maximumTextByteCount = 45

    /// The 128 bits of IPv6 in network order; IPv4 is held as mapped.
    let high: UInt64
    let low: UInt64

    /// Reads `192.0.2.1`, `2001:db8::1`, or the same in the brackets of a URL. Ports and zones (`fe80::1%eth0`) are no part of
    /// an address.
    ///
    /// - Returns: `nil` for anything else, of any length.
    package init?(parsing text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumTextByteCount + 2 else { return nil }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
        let inner = isBracketed ? String(text.dropFirst().dropLast()) : String(text)
        // The C functions read up to a zero byte, so one inside would hide what follows it.
        guard !inner.utf8.contains(0) else { return nil }
        var four = in_addr()
        if !isBracketed, inet_pton(AF_INET, inner, &four) == 1 {
            self.high = 0
            self.low = 0xFFFF_0000_0000 | UInt64(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, inner, &six) == 1 else { return nil }
        (self.high, self.low) = withUnsafeBytes(of: &six) { bytes in
            let high = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            return (UInt64(bigEndian: high), UInt64(bigEndian: low))
        }
    }

    /// Whether this is an address of IPv4.
    package var isIPv4: Bool { self.high == 0 && self.low >> 32 == 0xFFFF }

    /// Whether the machine itself is meant: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        self.high == 0 && (self.low == 1 || self.low >> 24 == 0xFFFF_7F)
    }

    /// The spelling of an address that has more than one; any other text as it is.
    package static func normalized(_ text: String) -> String {
        NetworkAddress(parsing: text).map { "\($0)" } ?? text
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// The shortest spelling (RFC 5952).
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if self.isIPv4 {
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: self.low).bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        } else {
            var bytes = (self.high.bigEndian, self.low.bigEndian)
            inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
