// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import HTTP
import NIOCore
import NIOPosix
import Testing

/// Nothing here waits for a time but a client's deadline: servers that never end wait for the client to hang up.
@Suite(.timeLimit(.minutes(1))) struct RudeBackendTests {
    private func fault(of server: RudeServer, milliseconds: Int64 = 20_000) async throws -> BackendFault? {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let client = BackendClient([eventLoop], trust: try CertificateTrust())
        let request = BackendRequest(
            .get, try #require(BackendAddress("http://127.0.0.1:\(server.port)/")),
            deadline: .now() + .milliseconds(milliseconds), maximumAnswerByteCount: 4096)
        var fault: BackendFault?
        do { _ = try await client.send(request, on: eventLoop).get() } catch { fault = error as? BackendFault }
        await client.close()
        return fault
    }

    @Test func `a server that sends a byte now and then is given up at the deadline`() async throws {
        let server = try RudeServer { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
            while !connection.isClosed(withinMilliseconds: 20), connection.send(" ") {}
        }
        #expect(try await self.fault(of: server, milliseconds: 400) == .late)
    }

    @Test(arguments: ["Content-Length: 10000000", "Transfer-Encoding: chunked", "Connection: close"])
    func `a body without end is cut at the limit`(framing: String) async throws {
        let server = try RudeServer { connection in
            connection.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
            let text = String(repeating: " ", count: 1000)
            let piece = framing.hasPrefix("Transfer") ? "3e8\r\n\(text)\r\n" : text
            for _ in 0..<10_000 where !connection.send(piece) { return }
        }
        #expect(try await self.fault(of: server) == .tooLong(limit: 4096))
    }

    @Test func `an answer cut short is a failure, not a shorter answer`() async throws {
        let server = try RudeServer { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}") }
        guard case .broken? = try await self.fault(of: server) else {
            Issue.record("the answer was taken for whole")
            return
        }
    }

    @Test(arguments: [
        "", "hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\u{0}\u{1}\u{2}", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\(String(repeating: "X: y\r\n", count: 100_000))",
    ])
    func `an answer that is no HTTP is a failure and traps nothing`(answer: String) async throws {
        let server = try RudeServer { $0.send(answer) }
        guard case .broken? = try await self.fault(of: server) else {
            Issue.record("it was taken for an answer")
            return
        }
    }
}
