// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// Which web pages may connect, by the `Origin` header (RFC 6455 §10.2).
///
/// Shape of an entry: an origin as browsers send it (`https://example.com`, `http://localhost:3000`), the same with `:*`
/// for any port or none, or `*` for every page. Letter case does not matter. A request without the header passes: it
/// is not from a browser, and whoever can leave the header out could also forge it. `null` (a sandboxed page or a
/// file) passes only where it is listed or `*` is.
package struct OriginPolicy: Hashable, Sendable {
    private var allowsAll = false
    private var exact: Set<String> = []
    /// Origins without their port.
    private var anyPort: Set<String> = []

    /// - Parameter origins: the entries; with none, no page at all may connect.
    package init(_ origins: [String]) {
        for origin in origins.map({ $0.lowercased() }) {
            if origin == "*" {
                self.allowsAll = true
            } else if origin.hasSuffix(":*") {
                self.anyPort.insert(String(origin.dropLast(2)))
            } else {
                self.exact.insert(Self.withoutTrailingSlash(origin))
            }
        }
    }

    /// Whether a request with these headers may go on. More than one `Origin` never may.
    package func allows(_ headers: HTTPHeaders) -> Bool {
        let origins = headers.values("origin")
        guard let origin = origins.first else { return true }
        return origins.count == 1 && self.allows(origin: origin)
    }

    /// Whether a page of `origin` may connect.
    package func allows(origin: String) -> Bool {
        let origin = origin.lowercased()
        if self.allowsAll || self.exact.contains(origin) { return true }
        return !self.anyPort.isEmpty && self.anyPort.contains(Self.withoutPort(origin))
    }

    /// The answer to a page that may not connect, given before the upgrade (ALL-D03).
    package static let refusal = HTTPResponse.json(
        .forbidden, #"{"error":"this origin may not connect"}"#)

    private static func withoutTrailingSlash(_ origin: String) -> String {
        origin.hasSuffix("/") ? String(origin.dropLast()) : origin
    }

    /// `scheme://host`, cut before a port that is digits only; a colon inside the brackets of IPv6 is no port.
    private static func withoutPort(_ origin: String) -> String {
        guard let colon = origin.lastIndex(of: ":") else { return origin }
        let port = origin[origin.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            return origin
        }
        return String(origin[..<colon])
    }
}
