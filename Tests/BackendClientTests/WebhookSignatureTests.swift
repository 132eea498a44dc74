// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import HTTP
import Testing

struct WebhookSignatureTests {
    private let body = Array(#"{"test": 2432232314}"#.utf8)

    /// The example that the libraries of Standard Webhooks are tested with.
    @Test func `the published example has its published signature`() throws {
        let signature = try #require(WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let headers = signature.headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", time: 1_614_265_330, body: self.body)
        #expect(headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek" && headers["webhook-timestamp"] == "1614265330")
    }

    @Test func `what was forged, changed or is old is not believed`() throws {
        let secret = WebhookSignature.makeSecret()
        let signature = try #require(WebhookSignature(secret: secret))
        let other = try #require(WebhookSignature(secret: WebhookSignature.makeSecret()))
        let headers = signature.headers(id: "m", time: 1000, body: self.body)
        #expect(signature.verifies(headers, body: self.body, now: 1300))
        #expect(!signature.verifies(headers, body: self.body, now: 1301))
        #expect(!signature.verifies(headers, body: self.body, now: 699))
        #expect(!signature.verifies(headers, body: self.body, now: .min))
        #expect(!signature.verifies(headers, body: self.body + [0], now: 1000))
        #expect(!other.verifies(headers, body: self.body, now: 1000))
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            var changed = headers
            changed[name] = "1001"
            #expect(!signature.verifies(changed, body: self.body, now: 1000))
            changed[name] = nil
            #expect(!signature.verifies(changed, body: self.body, now: 1000))
        }
        var several = headers
        several["webhook-signature"] = "v1,bm90IGl0 v1a,x \(headers["webhook-signature"] ?? "")"
        #expect(signature.verifies(several, body: self.body, now: 1000))
    }

    @Test(arguments: ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!!"])
    func `what is no secret is none`(text: String) {
        #expect(WebhookSignature(secret: text) == nil)
    }
}
