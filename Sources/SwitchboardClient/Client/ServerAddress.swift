// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import HTTP
package import Transport

/// Where a client connects, and what goes with every try.
package struct ServerAddress: Sendable {
    private let host: String
    private let port: Int
    private let path: String
    private let query: [String]
    private let headers: HTTPHeaders
    private let trust: CertificateTrust?
    private let serverName: String?
    private let tokenName: String?
    /// Of Socket.IO: the namespace to join.
    package let namespace: String

    /// - Parameter text: `ws://` or `wss://` with a path; of a Socket.IO server `http://` or `https://`, where the path is the namespace
    ///   if the dialect names none but `/`.
    package init(_ text: String, dialect: Dialect, configuration: ClientConfiguration) throws(ClientFault) {
        let isSocketIO = dialect.socketIO != nil
        let schemes = isSocketIO ? ["http", "https", "ws", "wss"] : ["ws", "wss"]
        guard let url = URLComponents(string: text), let scheme = url.scheme, schemes.contains(scheme),
            let host = url.host, !host.isEmpty, (1...65_535).contains(url.port ?? 80)
        else {
            let example = isSocketIO ? "http://localhost:4000" : "ws://localhost:3000/ws"
            // A query may hold a token.
            throw ClientFault(
                .configuration, "\"\(text.prefix { $0 != "?" })\" is not an address like \(example)")
        }
        let isEncrypted = scheme == "wss" || scheme == "https"
        // Brackets are the address's, not the host's.
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.port = url.port ?? (isEncrypted ? 443 : 80)
        self.trust = isEncrypted ? try configuration.trust.loaded() : nil
        self.serverName = configuration.serverName
        self.tokenName = dialect.token
        var query = [url.percentEncodedQuery].compactMap(\.self).filter { !$0.isEmpty }
        query += configuration.query.sorted { $0.key < $1.key }.map { Self.parameter($0.key, $0.value) }
        if let positions = dialect.positions { query.append(Self.parameter(positions.query, "1")) }
        if let socketIO = dialect.socketIO {
            let endpoint = configuration.socketIOPath
            self.path = endpoint.hasSuffix("/") ? endpoint : endpoint + "/"
            self.namespace = socketIO.namespace == "/" && !url.path.isEmpty ? url.path : socketIO.namespace
            query.append("EIO=4&transport=\(configuration.transport.rawValue.lowercased())")
        } else {
            self.path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
            self.namespace = "/"
        }
        self.query = query
        var headers = HTTPHeaders()
        for header in configuration.headers { headers.append(header.name, header.value) }
        self.headers = headers
    }

    package func webSocketAddress(token: String?) -> WebSocketAddress {
        var query = self.query
        if let token, let name = self.tokenName { query.append(Self.parameter(name, token)) }
        return WebSocketAddress(
            host: self.host, port: self.port,
            target: self.path + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))"), headers: self.headers,
            trust: self.trust, serverName: self.serverName)
    }

    private static func parameter(_ name: String, _ value: String) -> String {
        "\(Self.encoded(name))=\(Self.encoded(value))"
    }

    /// Everything but what may stand anywhere in an address (RFC 3986 §2.3).
    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
