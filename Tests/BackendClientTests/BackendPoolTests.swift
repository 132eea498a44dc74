// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import HTTP
import NIOCore
import NIOPosix
import Testing

/// Which connections carry requests: told by the port that each comes from.
struct BackendPoolTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.any()

    private func client(idleTime: TimeAmount = .seconds(30)) throws -> BackendClient {
        BackendClient([self.eventLoop], trust: try CertificateTrust(), idleTime: idleTime)
    }

    /// - Returns: the port that the request came from, as the backend saw it.
    private func send(
        _ client: BackendClient, to port: Int, path: String = "/", host: String = "127.0.0.1"
    ) async throws -> String {
        let address = try #require(BackendAddress("http://\(host):\(port)\(path)"))
        let request = BackendRequest(.get, address, deadline: .now() + .seconds(10))
        let response = try await client.send(request, on: self.eventLoop).get()
        return String(buffer: response.body)
    }

    @Test func `one request after the other takes the same connection`() async throws {
        let backend = try await PlainBackend.start { _ in PlainBackend.answer }
        let client = try self.client()
        let first = try await self.send(client, to: backend.port)
        for _ in 0..<5 { #expect(try await self.send(client, to: backend.port) == first) }
        await client.close()
        try await backend.stop()
    }

    @Test func `requests at the same time have connections of their own`() async throws {
        let backend = try await PlainBackend.start { _ in PlainBackend.answer }
        let client = try self.client()
        let ports = try await withThrowingTaskGroup(of: String.self) { tasks in
            for _ in 0..<20 { tasks.addTask { try await self.send(client, to: backend.port) } }
            return try await tasks.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ports.count > 1)
        await client.close()
        try await backend.stop()
    }

    @Test func `a connection that the backend wants to end is not used again`() async throws {
        let backend = try await PlainBackend.start { target in
            target == "/close" ? PlainBackend.answer(header: "Connection: close\r\n") : PlainBackend.answer
        }
        let client = try self.client()
        let first = try await self.send(client, to: backend.port, path: "/close")
        #expect(try await self.send(client, to: backend.port) != first)
        await client.close()
        try await backend.stop()
    }

    @Test func `a connection is kept no longer than its backend says`() async throws {
        let backend = try await PlainBackend.start { _ in
            PlainBackend.answer(header: "Keep-Alive: timeout=1, max=9\r\n")
        }
        let client = try self.client()
        let first = try await self.send(client, to: backend.port)
        #expect(try await self.send(client, to: backend.port) != first)
        await client.close()
        try await backend.stop()
    }

    @Test func `an idle connection ends after its time`() async throws {
        let backend = try await PlainBackend.start { _ in PlainBackend.answer }
        let client = try self.client(idleTime: .milliseconds(50))
        _ = try await self.send(client, to: backend.port)
        try await backend.untilNobodyIsConnected()
        await client.close()
        try await backend.stop()
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "no HTTP at all\r\n\r\n", "",
    ])
    func `an answer that is none fails, and what comes after it is fine`(text: String) async throws {
        let backend = try await PlainBackend.start { target in target == "/bad" ? text : PlainBackend.answer }
        let client = try self.client()
        let fault = await #expect(throws: BackendFault.self) {
            try await self.send(client, to: backend.port, path: "/bad")
        }
        #expect(fault?.isUnsent == false && fault != .late)
        _ = try await self.send(client, to: backend.port)
        await client.close()
        try await backend.stop()
    }

    @Test func `what comes unasked is not taken for an answer`() async throws {
        let backend = try await PlainBackend.start { target in
            target == "/two"
                ? PlainBackend.answer + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse" : PlainBackend.answer
        }
        let client = try self.client()
        #expect(Int(try await self.send(client, to: backend.port, path: "/two")) != nil)
        for _ in 0..<3 { #expect(Int(try await self.send(client, to: backend.port)) != nil) }
        await client.close()
        try await backend.stop()
    }

    @Test func `the end fails what is under way, and what comes after it`() async throws {
        let backend = try await PlainBackend.start { _ in nil }
        let client = try self.client()
        let waiting = Task { try await self.send(client, to: backend.port) }
        try await backend.untilSomebodyIsConnected()
        await client.close()
        await #expect(throws: BackendFault.self) { try await waiting.value }
        await #expect(throws: BackendFault.self) { try await self.send(client, to: backend.port) }
        try await backend.stop()
    }

    @Test func `a host by name is found again when nobody is where it was`() async throws {
        let client = try self.client(idleTime: .zero)
        let backend = try await PlainBackend.start { _ in PlainBackend.answer }
        let port = backend.port
        let first = try await self.send(client, to: port, host: "localhost")
        #expect(try await self.send(client, to: port, host: "localhost") != first)
        try await backend.stop()
        await #expect(throws: BackendFault.self) { try await self.send(client, to: port, host: "localhost") }
        let next = try await PlainBackend.start(port: port) { _ in PlainBackend.answer }
        _ = try await self.send(client, to: port, host: "localhost")
        await client.close()
        try await next.stop()
    }
}
