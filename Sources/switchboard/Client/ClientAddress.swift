// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import HTTP
import Realtime
import Transport

extension WebSocketAddress {
    /// From an address such as `ws://localhost:3000/ws?token=T`.
    init(url text: String) throws {
        guard let url = URLComponents(string: text), url.scheme == "ws", let host = url.host,
            !host.isEmpty, (1...65_535).contains(url.port ?? 80)
        else {
            throw ValidationError("\"\(text)\" is not an address like ws://localhost:3000/ws")
        }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        self.init(
            host: host, port: url.port ?? 80, target: path + (url.percentEncodedQuery.map { "?\($0)" } ?? ""))
    }

    /// The first listener of a contract, with a token where the contract takes one.
    init(_ definition: PlatformDefinition, token: String?) throws {
        guard let listener = definition.listeners.first else { throw ValidationError("the contract has no listener") }
        var target = listener.path
        var headers = HTTPHeaders()
        if let token, let source = definition.auth.credentials.first(where: { $0.kind == .jwt }) {
            switch source.place {
            case .query(let name): target += "?\(name)=\(token)"
            case .header(let name): headers.append(name, "Bearer \(token)")
            case .cookie(let name): headers.append("Cookie", "\(name)=\(token)")
            // Of Socket.IO clients, which this one is not.
            case .auth: break
            }
        }
        self.init(host: listener.host ?? "127.0.0.1", port: listener.port, target: target, headers: headers)
    }
}
