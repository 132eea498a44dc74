// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Tokens

/// Against a real server on this machine. Nothing here waits for a time: servers that never end wait for the
/// fetcher to hang up.
@Suite(.timeLimit(.minutes(1))) struct HTTPKeyFetcherTests {
    private let now = TestVerifier.now
    private let set = TestVerifier.keySet(TestKeys.rsaJWK)

    private func fetch(
        _ address: String, deadline: Duration = .seconds(20), maximumByteCount: Int = 4096
    ) async throws -> Result<[UInt8], KeyFault> {
        let address = try KeyAddress(address)
        let fetcher = HTTPKeyFetcher(deadline: deadline, maximumByteCount: maximumByteCount)
        return await withCheckedContinuation { continuation in
            fetcher.fetch(address) { continuation.resume(returning: $0) }
        }
    }

    private func fault(_ result: Result<[UInt8], KeyFault>) -> KeyFault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    @Test func `a key set is fetched with a plain GET of the whole address`() async throws {
        let set = self.set
        let server = try LocalServer { $0.answer(set) }
        let result = try await self.fetch(server.address("/a/b?c=d"))
        #expect(try result.get() == Array(set.utf8))
        let head = try #require(server.requests.all.first)
        #expect(head.hasPrefix("GET /a/b?c=d HTTP/1.1\r\n"))
        #expect(head.lowercased().contains("accept: application/jwk-set+json, application/json\r\n"))
        #expect(server.requests.all.count == 1)
    }

    @Test func `keys rotate over a real server without a restart`() async throws {
        let sets = Mutex([self.set, TestVerifier.keySet(TestKeys.ecJWK)])
        let server = try LocalServer { connection in
            connection.answer(sets.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] })
        }
        let reports = Collected<KeyFault>()
        let ring = try KeyRing(
            [try .address(server.address())], now: self.now, fetcher: HTTPKeyFetcher(deadline: .seconds(30))
        ) { reports.append($0) }
        let verifier = TokenVerifier(ring: ring)
        #expect(await ring.load(now: self.now))
        #expect(verifier.verify(TestTokens.rs256, now: self.now).isGood)
        let now = self.now + 10
        let code = await withCheckedContinuation { continuation in
            verifier.verify(TestTokens.es256, now: now) { continuation.resume(returning: $0.faultCode) }
        }
        #expect(code == nil)
        #expect(verifier.verify(TestTokens.rs256, now: now).faultCode == .unknownKey)

        // The issuer goes down: its last keys stay.
        server.stop()
        #expect(await !ring.load(now: now))
        #expect(verifier.verify(TestTokens.es256, now: now).isGood)
        #expect(reports.all.map(\.code) == [.unreadable])
    }

    @Test func `nobody listening is a fault that does not repeat user or query`() async throws {
        let server = try LocalServer { _ in }
        server.stop()
        let address = "http://me:SECRET@127.0.0.1:\(server.port)/?k=SECRET"
        let fault = self.fault(try await self.fetch(address))
        #expect(fault?.code == .unreadable)
        #expect(fault?.message.contains("SECRET") == false)
    }

    @Test(arguments: ["500 Oops", "404 Not Found", "204 No Content", "201 Created"])
    func `an answer with any other status than 200 is not read, good keys or not`(status: String) async throws {
        let set = self.set
        let server = try LocalServer { $0.answer(set, status: status) }
        let fault = self.fault(try await self.fetch(server.address()))
        #expect(fault?.code == .unreadable)
        #expect(fault?.message.contains(status.prefix(3)) == true)
    }

    @Test(arguments: ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
    func `a redirect is not followed`(status: String) async throws {
        let set = self.set
        let other = try LocalServer { $0.answer(set) }
        let location = other.address()
        let server = try LocalServer { $0.answer("", status: status, headers: "Location: \(location)\r\n") }
        let fault = self.fault(try await self.fetch(server.address()))
        #expect(fault?.message.contains("redirect") == true)
        #expect(other.requests.all.isEmpty)
    }

    @Test func `a server that never answers is given up at the deadline`() async throws {
        let server = try LocalServer { $0.isClosed(withinMilliseconds: -1) }
        let fault = self.fault(try await self.fetch(server.address(), deadline: .milliseconds(300)))
        #expect(fault?.message.contains("within") == true)
    }

    @Test func `a server that sends a byte now and then is given up at the same deadline`() async throws {
        let server = try LocalServer { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
            while !connection.isClosed(withinMilliseconds: 20), connection.send(" ") {}
        }
        let fault = self.fault(try await self.fetch(server.address(), deadline: .milliseconds(400)))
        #expect(fault?.message.contains("within") == true)
    }

    @Test(arguments: ["Content-Length: 10000000", "Transfer-Encoding: chunked", "Connection: close"])
    func `a body without end is cut at the ceiling`(framing: String) async throws {
        let server = try LocalServer { connection in
            connection.send("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n")
            let text = String(repeating: " ", count: 1000)
            let piece = framing.hasPrefix("Transfer") ? "3e8\r\n\(text)\r\n" : text
            for _ in 0..<10_000 where !connection.send(piece) { return }
        }
        let fault = self.fault(try await self.fetch(server.address()))
        #expect(fault?.code == .tooLarge)
    }

    @Test func `a body of just the ceiling is taken and one byte more is not`() async throws {
        for (count, isTaken) in [(4096, true), (4097, false)] {
            let server = try LocalServer { $0.answer(String(repeating: " ", count: count)) }
            let result = try await self.fetch(server.address())
            #expect((try? result.get().count) == (isTaken ? count : nil))
            #expect(self.fault(result)?.code == (isTaken ? nil : .tooLarge))
        }
    }

    @Test func `an answer cut short is a failure, not a shorter key set`() async throws {
        let set = self.set
        let server = try LocalServer { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(set.utf8.count + 10)\r\n\r\n\(set)")
        }
        #expect(self.fault(try await self.fetch(server.address()))?.code == .unreadable)
    }

    @Test(arguments: [
        "", "hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\u{0}\u{1}\u{2}", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    ])
    func `an answer that is no HTTP gives no keys and traps nothing`(answer: String) async throws {
        let server = try LocalServer { $0.send(answer) }
        let result = try await self.fetch(server.address())
        let keys = try? JSONWebKeys(parsing: result.get())
        #expect(keys == nil)
    }
}
