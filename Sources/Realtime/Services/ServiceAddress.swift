// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a service is: `http[s]://host[:port][/path][?query]`.
package struct ServiceAddress: Sendable, Equatable {
    /// Scheme, host and port, as they were written.
    package let origin: String
    /// The scheme's own where none is written.
    package let port: Int

    /// - Returns: `nil` when the text is no such address: another scheme, a user, a fragment, a character that must be
    ///   percent-encoded, a port that is none.
    package init?(_ text: String) {
        guard (1...2048).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.contains("#"), let separator = text.firstRange(of: "://")
        else { return nil }
        let standard: Int
        switch text[..<separator.lowerBound].lowercased() {
        case "http": standard = 80
        case "https": standard = 443
        default: return nil
        }
        let authority = text[separator.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return nil }
        // The colons of an IPv6 address stand in brackets.
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        var rest = authority.dropFirst(host.count)
        if host.hasPrefix("[") {
            guard rest.popFirst() == "]" else { return nil }
        }
        guard host.drop(while: { $0 == "[" }).isEmpty == false else { return nil }
        if rest.isEmpty {
            self.port = standard
        } else {
            guard rest.popFirst() == ":", rest.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(rest),
                (1...65_535).contains(port)
            else { return nil }
            self.port = port
        }
        self.origin = String(text[..<authority.endIndex])
    }
}
