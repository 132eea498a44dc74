// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL
import Testing
import Transport

/// What comes before a connection is encrypted, or never will be.
@Suite(.serialized) struct EncryptedHandshakeTests {
    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `the versions of today are spoken`(version: TLSVersion) async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.startTLS(
                ClientEncryption(
                    trusting: listener.trusted, minimum: version, maximum: version))
            try client.upgrade()
            try client.send(text: "hello")
            #expect(try client.readFrame().text == "hello")
        }
    }

    @Test func `older versions are refused, and counted`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            let encryption = try ClientEncryption(
                trusting: listener.trusted, minimum: .tlsv1, maximum: .tlsv11)
            #expect(throws: NIOSSLError.self) { try client.startTLS(encryption) }
            #expect(try await listener.gauges(become: { $0.failedTLSHandshakesTotal == 1 && $0.openConnections == 0 }))
        }
    }

    @Test(arguments: [
        Array(RawClient.upgradeRequest().utf8), [0x16, 0x03, 0x01] + [UInt8](repeating: 0xFF, count: 300),
        [UInt8](repeating: 0, count: 20_000),
    ])
    func `whoever speaks something else is cut off, and others notice nothing`(bytes: [UInt8]) async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let bystander = try listener.client()
            try bystander.upgrade()
            for _ in 0..<20 {
                let client = try RawClient(port: listener.port)
                // The server may have cut it off in the midst of it.
                try? client.write(bytes)
                _ = try client.readToEnd()
            }
            #expect(try await listener.gauges(become: { $0.failedTLSHandshakesTotal == 20 && $0.openConnections == 1 }))
            try bystander.send(text: "still here")
            #expect(try bystander.readFrame().text == "still here")
        }
    }

    @Test(arguments: [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]])
    func `a handshake that does not go on is ended in time`(bytes: [UInt8]) async throws {
        try await withEncryptedListener(
            TestApplication(), configure: { $0.headDeadline = .milliseconds(50) }
        ) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(bytes)
            _ = try client.readToEnd()
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
    }

    @Test func `a request that does not come is ended in time, the handshake done`() async throws {
        try await withEncryptedListener(
            TestApplication(), configure: { $0.headDeadline = .milliseconds(200) }
        ) { listener in
            let client = try listener.client()
            #expect(try client.isClosed())
            #expect(try client.isEncryptionEnded)
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
    }

    @Test func `a client that vanishes in the midst of the handshake is counted once`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            let encryption = try ClientEncryption(trusting: listener.trusted)
            try client.writeWire(encryption.begin())
            client.shutDownWriting()
            _ = try client.readToEnd()
            #expect(try await listener.gauges(become: { $0.failedTLSHandshakesTotal == 1 && $0.openConnections == 0 }))
        }
    }
}
