// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import TestCertificates
import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(1)))
struct EncryptionTests {
    private func withEncryptedServer(
        isSocketIO: Bool = false, host: String = "127.0.0.1",
        _ body: (_ server: TestServer, _ certificate: String) async throws -> Void
    ) async throws {
        let certificate = try TestCertificate()
        try certificate.make()
        let tls = ", tls: { certificate: \"\(certificate.files.certificate)\", key: \"\(certificate.files.key)\" }"
        let contract: (Int) -> String = {
            (isSocketIO ? TestContract.socketIO(port: $0, tls: tls) : TestContract.plain(port: $0, tls: tls))
                .replacing("host: 127.0.0.1", with: "host: \(host)")
        }
        try await withServer(contract) { try await body($0, certificate.files.certificate) }
    }

    @Test func `a client believes the certificates that it is given, as a file or as a text`() async throws {
        try await self.withEncryptedServer { server, file in
            let pem = try String(contentsOfFile: file, encoding: .utf8)
            for (host, trust) in [
                ("localhost", ClientTrust.file(file)), ("127.0.0.1", .file(file)), ("localhost", .certificates(pem)),
            ] {
                var configuration = ClientConfiguration()
                configuration.trust = trust
                let client = try EventClient(
                    "wss://\(host):\(server.port)/ws", dialect: TestContract.dialect, configuration: configuration)
                let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
                try await client.open()
                try await client.subscribed(to: "order:7")
                try await server.publishOrder("7", 1)
                try await events.wait(for: 1)
                await client.close()
            }
        }
    }

    @Test func `nobody else is believed, and no other name`() async throws {
        // The certificate is for localhost and 127.0.0.1.
        try await self.withEncryptedServer(host: "127.0.0.2") { server, file in
            for (trust, name, words) in [
                (ClientTrust.machine, "localhost", "the server's certificate is not believed"),
                (.file(file), nil, "the server's certificate is for another name"),
                (.file(file), "elsewhere.example", "the server's certificate is for another name"),
                (.file(file), "localhost", nil),
            ] {
                var configuration = ClientConfiguration()
                configuration.trust = trust
                configuration.serverName = name
                configuration.schedule = .never
                let client = try EventClient(
                    "wss://127.0.0.2:\(server.port)/ws", dialect: TestContract.dialect, configuration: configuration)
                do {
                    try await client.open()
                    #expect(words == nil)
                } catch let fault as ClientFault {
                    #expect(fault.code == .unreachable && fault.message == words)
                }
                await client.close()
            }
            // What is not encrypted is no server for `wss`, and the other way round.
            var configuration = ClientConfiguration()
            configuration.schedule = .never
            let plain = try EventClient(
                "ws://127.0.0.2:\(server.port)/ws", dialect: TestContract.dialect, configuration: configuration)
            await #expect(throws: ClientFault.self) { try await plain.open() }
            await plain.close()
        }
    }

    @Test func `Socket_IO is encrypted as well`() async throws {
        try await self.withEncryptedServer(isSocketIO: true) { server, file in
            for transport in [ClientConfiguration.Transport.webSocket, .polling] {
                var configuration = ClientConfiguration()
                configuration.trust = .file(file)
                configuration.transport = transport
                let client = try EventClient(
                    "https://localhost:\(server.port)", dialect: TestContract.socketIODialect,
                    configuration: configuration)
                let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
                try await client.open()
                try await client.subscribed(to: "order:7")
                try await server.publishOrder("7", 1)
                try await events.wait(for: 1)
                await client.close()
            }
        }
    }

    @Test func `what cannot be used is refused when the client is made`() throws {
        var configuration = ClientConfiguration()
        configuration.trust = .file("/nowhere.pem")
        #expect(throws: ClientFault.self) {
            try EventClient("wss://localhost/ws", dialect: TestContract.dialect, configuration: configuration)
        }
        configuration.trust = .certificates("nonsense")
        #expect(throws: ClientFault.self) {
            try EventClient("wss://localhost/ws", dialect: TestContract.dialect, configuration: configuration)
        }
        for address in [
            "", "localhost", "http://localhost/ws", "ws://", "ws://:1/ws", "ws://localhost:0/", "ws://localhost:99999/",
        ] {
            let fault = #expect(throws: ClientFault.self) { try EventClient(address, dialect: TestContract.dialect) }
            #expect(fault?.code == .configuration)
        }
    }
}
