// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The keys that let a program use the admin API.
///
/// Several at once, so that a key can be replaced without a gap. They are compared in constant time and shown nowhere:
/// printed or logged, this value says only how many there are.
package struct APIKeys: Sendable, CustomStringConvertible, CustomReflectable {
    /// What a request's `Authorization` header amounts to.
    enum Verdict {
        case accepted
        /// There is no such header, or none of the scheme `Bearer`.
        case missing
        case wrong
    }

    private let keys: [[UInt8]]

    /// - Parameter keys: empty ones are left out, so that an empty setting opens nothing. Without any key nobody is let in.
    package init(_ keys: [String]) {
        self.keys = keys.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    package var description: String { "\(self.keys.count) API keys" }

    package var customMirror: Mirror { Mirror(self, children: ["count": self.keys.count]) }

    /// Reads `Authorization: Bearer KEY` (RFC 6750 §2.1); the scheme's letter case does not matter.
    func check(_ headers: HTTPHeaders) -> Verdict {
        guard let given = Self.bearer(headers) else { return .missing }
        var isKnown = false
        // Every key is looked at, so that the time taken does not tell which one was nearly right.
        for key in self.keys where Self.isEqual(key, given) { isKnown = true }
        return isKnown ? .accepted : .wrong
    }

    /// What stands behind `Bearer`.
    static func bearer(_ headers: HTTPHeaders) -> [UInt8]? {
        guard let header = headers["Authorization"] else { return nil }
        let fields = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard fields.count == 2, String(Substring(fields[0])).lowercased() == "bearer" else { return nil }
        return Array(fields[1].drop { $0 == UInt8(ascii: " ") })
    }

    /// Takes as long for keys that differ in the first byte as for those that differ in the last. The length is no secret.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
