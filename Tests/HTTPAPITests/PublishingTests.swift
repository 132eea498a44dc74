// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

struct PublishingTests {
    @Test func `a receipt tells id, time, channels and how many connections it reached`() throws {
        let fixture = try AdminFixture()
        let (ann, bob) = (
            try fixture.connect("ann", on: 0, number: 1, to: "user:ann", "global"),
            try fixture.connect("bob", on: 1, number: 2, to: "global")
        )
        let answer = try fixture.publish(#"{"event":"hello","data":{"a": 1.50},"to":["global","user:ann"]}"#)
        #expect(answer.status == 422, "user:ann takes only declared events")
        let body = #"{"event":"order.paid","data":{"a": 1.50},"to":["global"],"users":["ann"]}"#
        let receipt = try fixture.publish(body)
        #expect(receipt.status == 200)
        #expect(receipt.headers["Content-Type"] == "application/json")
        let json = try receipt.json
        #expect(json.members.map(\.name) == ["id", "time", "channels", "receivers"])
        #expect(json["id"]?.string?.utf8.count == PublicationID.byteCount)
        #expect(json["time"]?.string == AdminFixture.now.description)
        #expect(try receipt.texts("channels") == ["global", "user:ann"])
        #expect(json["receivers"]?.int == 2)
        // The payload as it was sent, space and zero included, and one copy for a connection on both channels.
        #expect(ann.sent == [#"order.paid {"a": 1.50}"#])
        #expect(bob.sent == ann.sent)
    }

    @Test func `the publisher's own id and time are in the receipt`() throws {
        let answer = try AdminFixture().publish(
            #"{"time":"2030-01-02T04:04:05.678+01:00","id":"my-1","to":["global"],"data":null,"event":"order.paid"}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["id"]?.string == "my-1")
        #expect(try answer.json["time"]?.string == "2030-01-02T03:04:05.678Z")
        #expect(try answer.json["receivers"]?.int == 0)
    }

    @Test func `of a key given twice the last counts, escapes included`() throws {
        let answer = try AdminFixture().publish(
            #"{"event":"no.such","\u0065vent":"order.paid","data":{"orderId":"7"}}"#)
        #expect(try answer.texts("channels") == ["order:7"])
    }

    @Test(arguments: [
        (#"[1"#, 400, "invalidJSON"), ("", 400, "invalidJSON"), ("{}{}", 400, "invalidJSON"),
        (#"{"event":"\#u{7}"}"#, 400, "invalidJSON"), (String(repeating: "[", count: 5000), 400, "invalidJSON"),
        ("7", 422, #"invalidRequest at """#), ("null", 422, #"invalidRequest at """#),
        ("{}", 422, #"invalidRequest at """#), (#"{"event":"order.paid"}"#, 422, #"invalidRequest at """#),
        (#"{"data":1}"#, 422, #"invalidRequest at """#),
        (#"{"event":7,"data":1}"#, 422, #"invalidRequest at "/event""#),
        (#"{"event":"","data":1}"#, 422, #"invalidRequest at "/event""#),
        (#"{"event":"order.paid","data":1,"to":"global"}"#, 422, #"invalidRequest at "/to""#),
        (#"{"event":"order.paid","data":1,"to":[]}"#, 422, #"invalidRequest at "/to""#),
        (#"{"event":"order.paid","data":1,"to":["global",7]}"#, 422, #"invalidRequest at "/to/1""#),
        (#"{"event":"order.paid","data":1,"to":["global","nonsense"]}"#, 422, #"invalidChannel at "/to/1""#),
        (#"{"event":"order.paid","data":1,"users":{}}"#, 422, #"invalidRequest at "/users""#),
        (#"{"event":"order.paid","data":1,"users":["ann",""]}"#, 422, #"invalidRequest at "/users/1""#),
        (#"{"event":"order.paid","data":1,"id":7}"#, 422, #"invalidRequest at "/id""#),
        (#"{"event":"order.paid","data":1,"id":null}"#, 422, #"invalidRequest at "/id""#),
        (#"{"event":"order.paid","data":{"orderId":1},"time":"soon"}"#, 422, #"invalidRequest at "/time""#),
        (#"{"event":"order.paid","data":1,"idempotencyKey":{}}"#, 422, #"invalidRequest at "/idempotencyKey""#),
        (#"{"event":"order.paid","data":1,"a/b~c":1}"#, 422, #"invalidRequest at "/a~1b~0c""#),
        (#"{"event":"order.piad","data":1}"#, 422, #"unknownEvent at "/event""#),
        (#"{"event":"hello","data":1,"to":["order:1"]}"#, 422, #"unknownEvent at "/event""#),
        (#"{"event":"order.paid","data":{"orderId":true}}"#, 422, #"invalidPayload at "/data/orderId""#),
        (#"{"event":"order.paid","data":[]}"#, 422, #"invalidPayload at "/data/orderId""#),
    ])
    func `a wrong publication is refused with its place, and nobody hears of it`(
        body: String, status: Int, fault: String
    ) throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1, to: "global", "user:ann")
        let answer = try fixture.send(
            .post, "/v1/platforms/shop/events", body, type: "application/json; charset=utf-8")
        #expect(answer.status == status, "\(answer.text)")
        #expect(try answer.fault == fault)
        #expect(client.sent.isEmpty)
        #expect(fixture.platform.counters.refusals == 1)
        #expect(fixture.platform.counters.publications == 0)
    }

    @Test func `misspelt keys and events are answered with the nearest`() throws {
        let fixture = try AdminFixture()
        let key = try fixture.publish(#"{"event":"order.paid","data":1,"idempotencykey":"k"}"#).text
        #expect(key.contains(#"did you mean \"idempotencyKey\"?"#), "\(key)")
        let event = try fixture.publish(#"{"event":"order.piad","data":1}"#).text
        #expect(event.contains(#"did you mean \"order.paid\"?"#), "\(event)")
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "json", "", "application/jsonp"])
    func `a body that is said to be something else is 415`(type: String) throws {
        let answer = try AdminFixture().send(
            .post, "/v1/platforms/shop/events", #"{"event":"order.paid","data":{"orderId":1}}"#, type: type)
        #expect(answer.status == 415)
        #expect(try answer.fault == "unsupportedMediaType")
    }

    @Test(arguments: ["application/json", "Application/JSON ; charset=UTF-8", "application/vnd.shop+json"])
    func `every media type that is JSON is taken`(type: String) throws {
        let answer = try AdminFixture().send(
            .post, "/v1/platforms/shop/events", #"{"event":"order.paid","data":{"orderId":1}}"#, type: type)
        #expect(answer.status == 200)
    }

    @Test func `what the store does not take is 503, and nobody hears of it`() throws {
        let fixture = try AdminFixture(engine: FailingEngine())
        let client = try fixture.connect("ann", number: 1, to: "log:a")
        let body = #"{"event":"line","data":1,"to":["log:a"]}"#
        let answer = try fixture.publish(body)
        #expect(answer.status == 503)
        #expect(try answer.fault == "storageUnavailable")
        // It is the whole batch that was not kept, not its first publication.
        #expect(try fixture.publish("[\(body),\(body)]").fault == "storageUnavailable")
        #expect(client.sent.isEmpty)
    }

    // MARK: Idempotency

    @Test func `one idempotency key is one publication, and its repetition says so`() throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1, to: "global")
        let body = #"{"event":"hello","data":1,"to":["global"],"idempotencyKey":"k"}"#
        let (first, again) = (try fixture.publish(body), try fixture.publish(body))
        #expect(try first.json["receivers"]?.int == 1)
        #expect(try first.json["duplicate"] == nil)
        #expect(again.status == 200)
        for key in ["id", "time"] { #expect(try again.json[key]?.string == first.json[key]?.string) }
        #expect(try again.texts("channels") == ["global"])
        #expect(try again.json["receivers"]?.isNull == true)
        #expect(try again.json["duplicate"]?.bool == true)
        #expect(client.sent == ["hello 1"])
    }

    @Test func `one idempotency key for two requests is 409`() throws {
        let fixture = try AdminFixture()
        _ = try fixture.publish(#"{"event":"hello","data":1,"to":["global"],"idempotencyKey":"k"}"#)
        let answer = try fixture.publish(#"{"event":"hello","data":2,"to":["global"],"idempotencyKey":"k"}"#)
        #expect(answer.status == 409)
        #expect(try answer.fault == "conflict")
    }

    // MARK: Batches

    @Test func `a batch is delivered and answered in its order`() throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1, to: "global")
        let items = (0..<5).map { #"{"event":"n","data":\#($0),"to":["global"]}"# }
        let answer = try fixture.publish("[\(items.joined(separator: ","))]")
        #expect(answer.status == 200)
        let receipts = Array(try answer.json.elements)
        #expect(receipts.count == 5)
        #expect(receipts.allSatisfy { $0["receivers"]?.int == 1 })
        let ids = receipts.compactMap { $0["id"]?.string }
        #expect(ids == ids.sorted() && Set(ids).count == 5)
        // They leave in one write at the end of the turn.
        #expect(client.sent.joined() == "n 0n 1n 2n 3n 4")
    }

    @Test func `a batch of one is answered with an array`() throws {
        let answer = try AdminFixture().publish(#"[{"event":"hello","data":1,"to":["global"]}]"#)
        #expect(try answer.json.kind == .array)
    }

    @Test(arguments: [
        (#"7"#, #"invalidRequest at "/2" index 2"#),
        (#"{"event":"order.paid"}"#, #"invalidRequest at "/2" index 2"#),
        (#"{"event":"hello","data":1,"to":[""]}"#, #"invalidRequest at "/2/to/0" index 2"#),
        (#"{"event":"order.paid","data":{}}"#, #"invalidPayload at "/2/data/orderId" index 2"#),
        (
            #"{"event":"x","data":1,"to":["global"],"idempotencyKey":"k"}"#,
            #"invalidRequest at "/2/idempotencyKey" index 2"#
        ),
    ])
    func `a batch with one wrong publication publishes none, and its place is told`(
        third: String, fault: String
    ) throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1, to: "global")
        let answer = try fixture.publish(
            """
            [{"event":"order.created","data":{"orderId":"1","buyer":"ann"}},
             {"event":"hello","data":1,"to":["global"]}, \(third)]
            """)
        #expect(answer.status == 422)
        #expect(try answer.fault == fault)
        #expect(client.sent.isEmpty)
        #expect(fixture.platform.members.members(of: try #require(.init("order:1"))).isEmpty)
    }

    @Test(arguments: [0, 1001])
    func `a batch of none or of more than a thousand is refused`(count: Int) throws {
        let items = Array(repeating: #"{"event":"hello","data":1,"to":["global"]}"#, count: count)
        let answer = try AdminFixture().publish("[\(items.joined(separator: ","))]")
        #expect(answer.status == 422)
        #expect(try answer.fault == #"invalidRequest at """#)
    }

    @Test func `a batch of a thousand is taken`() throws {
        let items = Array(repeating: #"{"event":"hello","data":1,"to":["global"]}"#, count: 1000)
        let answer = try AdminFixture().publish("[\(items.joined(separator: ","))]")
        #expect(try answer.json.count == 1000)
    }
}
