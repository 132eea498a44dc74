// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import JSON
import Realtime
import SwitchboardClient

/// How a client connects to a contract's first listener, by what stands in the contract.
struct ContractClient {
    /// As `EventClient` takes it. The token is not in it.
    let address: String
    let token: String?
    private(set) var dialect: SwitchboardClient.Dialect
    private(set) var configuration = ClientConfiguration()

    /// Nothing is read of the frames: this program prints them, or looks for its own marks.
    static let plain = SwitchboardClient.Dialect(command: "type", event: .init(name: "event", data: "data"))

    /// - Parameters:
    ///   - trusted: PEM with the certificates that are believed, where the listener encrypts; `nil`: those of the machine.
    init(
        _ definition: PlatformDefinition, namespace: String = "/", token: String?, isPolling: Bool = false,
        trusted: String? = nil
    ) throws {
        guard let listener = definition.listeners.first else { throw ValidationError("the contract has no listener") }
        // Certificates are for names.
        let host = listener.host ?? (listener.tls == nil ? "127.0.0.1" : "localhost")
        let authority = host.contains(":") ? "[\(host)]:\(listener.port)" : "\(host):\(listener.port)"
        let letter = listener.tls == nil ? "" : "s"
        self.token = token
        if listener.isSocketIO {
            self.address = "http\(letter)://\(authority)"
            self.dialect = .socketIO(namespace: namespace, auth: nil)
            self.configuration.socketIOPath = listener.path
            self.configuration.transport = isPolling ? .polling : .webSocket
        } else {
            self.address = "ws\(letter)://\(authority)\(listener.path)"
            self.dialect = Self.plain
        }
        if let trusted { self.configuration.trust = .file(trusted) }
        guard let token else { return }
        self.configuration.token = { token }
        guard let source = definition.auth.credentials.first(where: { $0.kind == .jwt }) else { return }
        switch source.place {
        case .query(let name): self.dialect.token = name
        case .header(let name): self.configuration.headers = [(name, "Bearer \(token)")]
        case .cookie(let name): self.configuration.headers = [("Cookie", "\(name)=\(token)")]
        case .auth(let name): self.dialect.socketIO?.auth = name
        }
    }

    /// What a Socket.IO client says of itself, a JSON object.
    var authentication: String {
        var writer = JSONWriter()
        writer.beginObject()
        if let token = self.token, let name = self.dialect.socketIO?.auth {
            writer.key(name)
            writer.string(token)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Where the handshake goes.
    func serverAddress() throws -> ServerAddress {
        try ServerAddress(self.address, dialect: self.dialect, configuration: self.configuration)
    }
}
