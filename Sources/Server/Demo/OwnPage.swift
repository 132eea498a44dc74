// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP

/// Whether a request comes from a page that this server itself has given to a browser on this machine.
///
/// What is only for the one who sits at the machine is refused to anybody else: to other machines, also through a proxy; to
/// other sites' pages, which reach this server by a name of their own that leads to a loopback address; and to pages of other
/// ports, which may be anybody's.
struct OwnPage {
    private static let names: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    /// - Parameter mustSayOrigin: what changes something is taken from browsers alone that say which page asks.
    static func asks(_ request: HTTPRequest, mustSayOrigin: Bool) -> Bool {
        guard !request.isForwarded, AddressBlock.loopback.contains(request.remoteAddress) else { return false }
        let hosts = request.headers.values("Host")
        guard hosts.count == 1, let host = hosts.first?.lowercased(), Self.names.contains(Self.name(of: host)) else {
            return false
        }
        let origins = request.headers.values("Origin")
        guard origins.count <= 1 else { return false }
        if let origin = origins.first?.lowercased() {
            guard origin == "http://\(host)" || origin == "https://\(host)" else { return false }
        } else if mustSayOrigin {
            return false
        }
        // `none`: typed into the address bar.
        let site = request.headers["Sec-Fetch-Site"] ?? "none"
        return site == "same-origin" || site == "none"
    }

    /// Without the port.
    private static func name(of host: String) -> String {
        guard let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isASCIIDigit) else {
            return host
        }
        return String(host[..<colon])
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { self.isASCII && self.isNumber }
}
