// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Certificates
import Foundation
import HTTP
import Realtime
import Transport

extension WebSocketAddress {
    /// What Engine.IO 4 wants in the query of a client that stays with one transport.
    private static func engineQuery(isPolling: Bool = false) -> String {
        "EIO=4&transport=\(isPolling ? "polling" : "websocket")"
    }

    /// From an address such as `ws://localhost:3000/ws?token=T`, or with `wss://`.
    init(url text: String, trust: CertificateTrust?) throws {
        let url = try Self.components(of: text, scheme: "ws", isEncrypted: trust != nil, like: "ws://localhost:3000/ws")
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        self.init(
            host: url.host ?? "", port: url.port ?? Self.usualPort(trust),
            target: path + (url.percentEncodedQuery.map { "?\($0)" } ?? ""), trust: trust)
    }

    /// From an address as Socket.IO's clients take it, such as `http://localhost:4000/admin?token=T`: its path is the namespace,
    /// and the server's own path stands by itself.
    static func socketIO(
        url text: String, path: String, trust: CertificateTrust?
    ) throws -> (address: Self, namespace: String) {
        let url = try Self.components(
            of: text, scheme: "http", isEncrypted: trust != nil, like: "http://localhost:4000")
        let query = [url.percentEncodedQuery, Self.engineQuery()].compactMap(\.self).joined(separator: "&")
        let endpoint = path.hasSuffix("/") ? path : path + "/"
        return (
            Self(
                host: url.host ?? "", port: url.port ?? Self.usualPort(trust), target: "\(endpoint)?\(query)",
                trust: trust),
            url.path.isEmpty ? "/" : url.path
        )
    }

    private static func usualPort(_ trust: CertificateTrust?) -> Int { trust == nil ? 80 : 443 }

    private static func components(
        of text: String, scheme: String, isEncrypted: Bool, like example: String
    ) throws -> URLComponents {
        guard let url = URLComponents(string: text), url.scheme == scheme + (isEncrypted ? "s" : ""),
            url.host?.isEmpty == false,
            (1...65_535).contains(url.port ?? 80)
        else {
            throw ValidationError("\"\(text)\" is not an address like \(example)")
        }
        return url
    }

    /// The first listener of a contract, with a token where the contract takes one.
    ///
    /// - Parameter trusted: PEM with the certificates that are believed, where the listener encrypts; `nil`: those of the machine.
    init(_ definition: PlatformDefinition, token: String?, isPolling: Bool = false, trusted: String? = nil) throws {
        guard let listener = definition.listeners.first else { throw ValidationError("the contract has no listener") }
        var target = listener.path
        if listener.isSocketIO { target += "/?\(Self.engineQuery(isPolling: isPolling))" }
        var headers = HTTPHeaders()
        if let token, let source = definition.auth.credentials.first(where: { $0.kind == .jwt }) {
            switch source.place {
            case .query(let name): target += "\(listener.isSocketIO ? "&" : "?")\(name)=\(token)"
            case .header(let name): headers.append(name, "Bearer \(token)")
            case .cookie(let name): headers.append("Cookie", "\(name)=\(token)")
            // In the packet that joins a namespace.
            case .auth: break
            }
        }
        // Certificates are for names.
        let host = listener.host ?? (listener.tls == nil ? "127.0.0.1" : "localhost")
        self.init(
            host: host, port: listener.port, target: target, headers: headers,
            trust: listener.tls == nil ? nil : try CertificateTrust(file: trusted))
    }
}
