// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import NIOCore
import Realtime
import Testing

@testable import Monitor

@Suite struct HealthAnswerTests {
    private static func answer(_ status: Int, _ body: String, kind: String? = "application/json") -> HealthAnswer {
        var headers = HTTPHeaders()
        if let kind { headers.append("Content-Type", kind) }
        let response = HTTPResponse(HTTPStatus(status), headers: headers, body: ByteBuffer(string: body))
        return HealthAnswer(.success(response))
    }

    @Test(arguments: [
        ("healthy", "healthy"), ("OK", "healthy"), ("Up", "healthy"), ("pass", "healthy"), ("degraded", "degraded"),
        ("WARN", "degraded"), ("warning", "degraded"), ("fail", "unhealthy"), ("down", "unhealthy"),
        ("error", "unhealthy"),
    ])
    func `words of others are understood`(word: String, status: String) {
        let answer = Self.answer(200, #"{"status":"\#(word)"}"#)
        #expect(answer.health.status.rawValue == status)
        #expect(answer.outcome == .answered)
    }

    @Test(arguments: [204, 200, 503, 301, 404, 500])
    func `an answer without JSON is judged by its status`(code: Int) {
        let answer = Self.answer(code, "", kind: nil)
        #expect(answer.health.status == ((200...299).contains(code) ? .healthy : .unhealthy))
        #expect(answer.outcome == ([200, 204, 503].contains(code) ? .answered : .invalid))
        #expect(answer.isSign)
    }

    @Test func `version, checks and metrics are taken over as they are`() throws {
        let answer = Self.answer(
            200,
            #"{"status":"up","version":"2","details":{"checks":{"a":{"status":"x","n":1.50}}},"metrics":{"cpu":1}}"#)
        #expect(answer.health.version == "2")
        #expect(String(decoding: answer.health.checks, as: UTF8.self) == #"{"a":{"status":"x","n":1.50}}"#)
        #expect(answer.health.metrics.map { String(decoding: $0, as: UTF8.self) } == #"{"cpu":1}"#)
    }

    @Test(arguments: [
        (BackendFault.unreachable("x"), HealthAnswer.Outcome.unreachable, false), (.late, .late, false),
        (.broken("x"), .broken, false), (.tooLong(limit: 9), .tooLong, true),
    ])
    func `who cannot be asked is unhealthy, and a check says why`(
        fault: BackendFault, outcome: HealthAnswer.Outcome, isSign: Bool
    ) {
        let answer = HealthAnswer(.failure(fault))
        #expect(answer.health.status == .unhealthy)
        #expect(answer.outcome == outcome)
        #expect(answer.isSign == isSign)
        #expect(String(decoding: answer.health.checks, as: UTF8.self).contains(fault.description))
    }
}
