// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import Connections
import HTTP
import NIOCore
import NIOPosix
import Testing
import Tokens
import Transport

@testable import Server

/// Over real sockets: the issuer is a listener that answers as each test says.
struct BackendKeyFetcherTests {
    private struct Issuer: ListenerApplication {
        let answer: @Sendable (HTTPRequest) -> HTTPResponse

        func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
            .refuse(.text(.notFound, ""))
        }

        func respond(
            to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
        ) { respond(self.answer(request)) }
    }

    private func fetch(
        _ path: String = "/", _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) async throws -> Result<[UInt8], KeyFault> {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await Listener.start(
            ListenerConfiguration(), application: Issuer(answer: answer), on: group)
        let result = try await self.fetch("http://127.0.0.1:\(listener.port)\(path)")
        try await listener.stopAccepting()
        try await listener.closeAll(.goingAway, reason: "")
        return result
    }

    private func fetch(_ address: String) async throws -> Result<[UInt8], KeyFault> {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let backends = BackendClient([eventLoop], trust: try CertificateTrust())
        let fetcher = BackendKeyFetcher(backends: backends, eventLoop: eventLoop)
        let result = await withCheckedContinuation { continuation in
            fetcher.fetch(address) { continuation.resume(returning: $0) }
        }
        await backends.close()
        return result
    }

    private func fault(_ result: Result<[UInt8], KeyFault>) -> KeyFault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    @Test func `a key set is fetched with a plain GET of the whole address`() async throws {
        let result = try await self.fetch("/a/b?c=d") { request in
            let accept = request.headers["Accept"] ?? ""
            return .json(.ok, "\(request.method.rawValue) \(request.rawPath) \(request.query.raw) \(accept)")
        }
        #expect(
            try String(decoding: result.get(), as: UTF8.self)
                == "GET /a/b c=d application/jwk-set+json, application/json")
    }

    @Test(arguments: [500, 404, 204, 201])
    func `an answer with any other status than 200 is not read, good keys or not`(status: Int) async throws {
        let fault = self.fault(try await self.fetch { _ in .json(HTTPStatus(status), "{}") })
        #expect(fault?.code == .unreadable && fault?.message.contains("\(status)") == true)
    }

    @Test(arguments: [301, 302, 307])
    func `a redirect is not followed`(status: Int) async throws {
        let fault = self.fault(
            try await self.fetch { _ in HTTPResponse(HTTPStatus(status), headers: ["Location": "http://127.0.0.1:1/"]) }
        )
        #expect(fault?.message.contains("redirect") == true)
    }

    @Test func `a key set of just the ceiling is taken and one byte more is not`() async throws {
        let ceiling = JSONWebKeys.maximumByteCount
        for (count, isTaken) in [(ceiling, true), (ceiling + 1, false)] {
            let result = try await self.fetch { _ in .json(.ok, String(repeating: " ", count: count)) }
            #expect((try? result.get().count) == (isTaken ? count : nil))
            #expect(self.fault(result)?.code == (isTaken ? nil : .tooLarge))
        }
    }

    @Test(arguments: ["http://127.0.0.1:1/?k=SECRET", "http://me:SECRET@127.0.0.1/"])
    func `what cannot be asked is a fault that does not repeat the address`(address: String) async throws {
        let fault = self.fault(try await self.fetch(address))
        #expect(fault != nil && fault?.message.contains("SECRET") == false)
    }
}
