// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of IP addresses: one, a network (RFC 4632), or those of the machine itself.
package struct AddressBlock: Hashable, Sendable {
    private enum Kind: Hashable {
        /// 127.0.0.0/8 and ::1.
        case loopback
        /// The first so many bits of the address, of 128.
        case network(NetworkAddress, bitCount: Int)
    }

    private let kind: Kind

    /// 127.0.0.0/8 and ::1.
    package static let loopback = AddressBlock(.loopback)

    private init(_ kind: Kind) { self.kind = kind }

    /// Reads `loopback`, an address, or a network such as `10.0.0.0/8` or `2001:db8::/32`. Bits of the address behind the
    /// length of the network mean nothing.
    ///
    /// - Returns: `nil` for anything else.
    package init?(parsing text: some StringProtocol) {
        guard text != "loopback" else {
            self = .loopback
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(parsing: parts[0]) else { return nil }
        guard parts.count == 2 else {
            self.kind = .network(address, bitCount: 128)
            return
        }
        // An IPv4 address that was written mapped still has a length of IPv6.
        let isWrittenIPv4 = !parts[0].contains(":")
        let longest = isWrittenIPv4 ? 32 : 128
        guard (1...3).contains(parts[1].utf8.count), parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
            let bitCount = Int(parts[1]), bitCount <= longest
        else { return nil }
        self.kind = .network(address, bitCount: isWrittenIPv4 ? 96 + bitCount : bitCount)
    }

    /// Reads blocks with commas or white space between them; a blank text has none.
    ///
    /// Throws the first part that is no block.
    package static func list(parsing text: some StringProtocol) throws(UnreadableBlock) -> [AddressBlock] {
        var blocks: [AddressBlock] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard let block = AddressBlock(parsing: part) else { throw UnreadableBlock(text: String(part)) }
            blocks.append(block)
        }
        return blocks
    }

    /// A text that should be a block and is none.
    package struct UnreadableBlock: Error, Hashable {
        package var text: String

        package init(text: String) { self.text = text }
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        switch self.kind {
        case .loopback: return address.isLoopback
        case .network(let network, let bitCount):
            return (address.high ^ network.high) & Self.mask(bitCount) == 0
                && (address.low ^ network.low) & Self.mask(bitCount - 64) == 0
        }
    }

    /// Whether `address`, an IP address without a port, is one of these; `false` for any other text.
    package func contains(_ address: String) -> Bool {
        NetworkAddress(parsing: address).map { self.contains($0) } ?? false
    }

    /// The first so many bits of 64: none below 0, all above 64.
    private static func mask(_ bitCount: Int) -> UInt64 {
        bitCount <= 0 ? 0 : bitCount >= 64 ? .max : ~(UInt64.max >> UInt64(bitCount))
    }
}

extension [AddressBlock] {
    /// Whether one of the blocks has this address; `false` for a text that is none.
    package func contains(address: String) -> Bool {
        guard !self.isEmpty, let address = NetworkAddress(parsing: address) else { return false }
        return self.contains { $0.contains(address) }
    }
}
