// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import Testing

struct HealthTests {
    @Test func `a server that answers is live, ready or not`() throws {
        let fixture = try AdminFixture(information: ServerInformation(isReady: { false }))
        let answer = try fixture.send(.get, "/health/live")
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":"live"}"#)
    }

    @Test(arguments: [(true, 200, "ready"), (false, 503, "notReady")])
    func `readiness is asked for at each request`(isReady: Bool, status: Int, word: String) throws {
        let fixture = try AdminFixture(information: ServerInformation(isReady: { isReady }))
        let answer = try fixture.send(.get, "/health/ready")
        #expect(answer.status == status)
        #expect(answer.text == #"{"status":"\#(word)"}"#)
    }
}
