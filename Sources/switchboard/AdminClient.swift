// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import HTTP
import JSON
import NIOCore
import NIOPosix

/// Asks a running server's admin API. Blocking, as a command has nothing else to do.
struct AdminClient {
    struct Failure: Error, CustomStringConvertible {
        /// Whole lines for standard error.
        var description: String
    }

    /// More than any answer has, with as many items as one may ask for.
    private static let maximumAnswerByteCount = 256 * 1024 * 1024

    let address: BackendAddress
    let key: String
    let trust: CertificateTrust

    /// - Returns: the answer's body.
    /// - Throws: ``Failure`` when there is no answer, or one that is not a success.
    func send(_ method: HTTPMethod, _ path: [String], body: [UInt8]? = nil) throws(Failure) -> [UInt8] {
        let base = self.address.text.hasSuffix("/") ? String(self.address.text.dropLast()) : self.address.text
        let text = ([base] + path.map { PercentEncoding.encode($0) }).joined(separator: "/")
        guard let address = BackendAddress(text) else { throw Failure(description: "error: \(text) is too long") }
        var headers: HTTPHeaders = ["Authorization": "Bearer \(self.key)"]
        if body != nil { headers["Content-Type"] = "application/json" }
        let request = BackendRequest(
            method, address, headers: headers, body: body.map { ByteBuffer(bytes: $0) },
            deadline: .now() + .seconds(10), maximumAnswerByteCount: Self.maximumAnswerByteCount)
        let trust = self.trust
        let result: Result<HTTPResponse, any Error> = Blocking.run {
            let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
            let client = BackendClient([eventLoop], trust: trust)
            let result: Result<HTTPResponse, any Error>
            do { result = .success(try await client.send(request, on: eventLoop).get()) } catch {
                result = .failure(error)
            }
            await client.close()
            return result
        }
        switch result {
        case .failure(let error):
            throw Failure(
                description:
                    """
                    error: no answer from \(text): \(error)
                      hint: is the server running? --admin and SWITCHBOARD_ADMIN_PORT say where it is
                    """)
        case .success(let response):
            let body = Array(response.body.readableBytesView)
            guard (200..<300).contains(response.status.code) else {
                throw Failure(description: "error: \(Self.refusal(response.status.code, body))")
            }
            return body
        }
    }

    /// What the admin API says in an error answer, in one line; see `docs/openapi.yaml`.
    static func refusal(_ status: Int, _ body: [UInt8]) -> String {
        let document = try? JSONDocument(parsing: body)
        guard let error = document?.root["error"], let message = error["message"]?.string else {
            let text = String(decoding: body.prefix(1000), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            return "the server answered \(status): \(line)"
        }
        let place = error["pointer"]?.string.map { ", at \($0)" } ?? ""
        return "the server answered \(status) \(error["code"]?.string ?? ""): \(message)\(place)"
    }
}
