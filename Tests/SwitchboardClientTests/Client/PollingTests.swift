// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct PollingTests {
    @Test(arguments: [(1000, true), (20_000, false)])
    func `an answer is taken up to its limit, and no more of it is kept`(byteCount: Int, isTaken: Bool) async throws {
        let greeting = #"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#
        let body = "\(greeting)\u{1E}6\(String(repeating: "x", count: byteCount))"
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let server = try await RawServer.start(answering: Array((head + body).utf8))
        var configuration = ClientConfiguration()
        configuration.transport = .polling
        configuration.schedule = .never
        configuration.maximumMessageByteCount = 1000
        let client = try EventClient(
            "http://127.0.0.1:\(server.port)", dialect: TestContract.socketIODialect, configuration: configuration)
        let frames = Recorder(client.rawFrames)
        let fault = await #expect(throws: ClientFault.self) { try await client.open() }
        #expect(fault?.code == .lost)
        let received = try await frames.end().filter { $0.direction == .received }
        #expect(received.contains { $0.text == greeting } == isTaken)
        await client.close()
        await server.stop()
    }
}
