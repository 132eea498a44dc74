// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import HTTP
import NIOCore
import NIOPosix
import Synchronization
import TestCertificates
import Testing

struct BackendClientTests {
    /// Sends one request with a client of its own.
    private func send(
        _ text: String, method: HTTPMethod = .get, headers: HTTPHeaders = [:], body: String? = nil,
        seconds: Int64 = 10, limit: Int = 1000, rootsFile: String? = nil
    ) async throws -> HTTPResponse {
        let address = try #require(BackendAddress(text))
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let client = BackendClient([eventLoop], trust: try CertificateTrust(file: rootsFile))
        let request = BackendRequest(
            method, address, headers: headers, body: body.map { ByteBuffer(string: $0) },
            deadline: .now() + .seconds(seconds), maximumAnswerByteCount: limit)
        let result = await Result { try await client.send(request, on: eventLoop).get() }
        await client.close()
        return try result.get()
    }

    @Test func `a request arrives as it was written, and so does its answer`() async throws {
        try await Backend.serve { request, respond in
            let seen =
                "\(request.method.rawValue) \(request.rawPath) \(request.query.raw) \(request.headers["X-A"] ?? "")"
            respond(HTTPResponse(.notFound, headers: ["X-Seen": seen], body: request.body))
        } _: { port in
            let address = "http://127.0.0.1:\(port)/a%20b?c=d"
            let response = try await self.send(address, method: .post, headers: ["X-A": "1"], body: "sent")
            #expect(response.status == .notFound && String(buffer: response.body) == "sent")
            #expect(response.headers["X-Seen"] == "POST /a%20b c=d 1")
        }
    }

    @Test func `a redirect is an answer, and too long an answer is none`() async throws {
        try await Backend.serve { _, respond in
            respond(
                HTTPResponse(
                    HTTPStatus(302), headers: ["Location": "http://127.0.0.1:1/"],
                    body: ByteBuffer(repeating: 0x61, count: 1000)))
        } _: { port in
            let response = try await self.send("http://127.0.0.1:\(port)/")
            #expect(response.status.code == 302)
            await #expect(throws: BackendFault.tooLong(limit: 999)) {
                try await self.send("http://127.0.0.1:\(port)/", limit: 999)
            }
        }
    }

    @Test func `whoever does not answer is given up in time`() async throws {
        try await Backend.serve({ _, _ in }) { port in
            await #expect(throws: BackendFault.late) { try await self.send("http://127.0.0.1:\(port)/", seconds: 1) }
        }
    }

    @Test func `a request that never left may be sent again`() async throws {
        let fault = await #expect(throws: BackendFault.self) { try await self.send("http://127.0.0.1:1/") }
        #expect(fault == .unreachable("connection refused") && fault?.isUnsent == true)
        let unknown = await #expect(throws: BackendFault.self) { try await self.send("http://no-such-host.invalid/") }
        #expect(unknown?.isUnsent == true)
    }

    @Test func `a header that would end the line is not sent`() async throws {
        let count = Atomic(0)
        try await Backend.serve { _, respond in
            count.add(1, ordering: .relaxed)
            respond(.text(.ok, ""))
        } _: { port in
            await #expect(throws: BackendFault.self) {
                try await self.send("http://127.0.0.1:\(port)/", headers: ["Cookie": "a\r\nX-Evil: 1"])
            }
        }
        #expect(count.load(ordering: .relaxed) == 0)
    }

    @Test func `an encrypted backend is asked when its certificate is believed`() async throws {
        let certificate = try TestCertificate()
        try certificate.make()
        let served = try ServedCertificate(certificate.files)
        try await Backend.serve(certificate: served) { _, respond in
            respond(.text(.ok, "hidden"))
        } _: { port in
            let address = "https://localhost:\(port)/"
            let response = try await self.send(address, rootsFile: certificate.files.certificate)
            #expect(String(buffer: response.body) == "hidden")
            let fault = await #expect(throws: BackendFault.self) { try await self.send(address) }
            #expect(fault?.isUnsent == true)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
