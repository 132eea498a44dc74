// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

struct ListingTests {
    @Test func `platforms are listed with the patterns and events of their contracts`() throws {
        let answer = try AdminFixture().send(.get, "/v1/platforms")
        #expect(
            answer.text == """
                {"platforms":[{"name":"shop","title":"The \\"Shop\\"","channels":["order:{orderId}","parcel:{parcelId}",\
                "user:{id}","global","log:{name}"],"events":["order.created","order.paid","parcel.packed"]}]}
                """)
    }

    // MARK: Channels

    private func names(_ answer: Answer) throws -> [String] {
        #expect(answer.status == 200)
        return try #require(try answer.json["channels"]).elements.compactMap { $0["name"]?.string }
    }

    @Test func `channels are listed with the subscribers of all loops, until nobody is left`() throws {
        let fixture = try AdminFixture()
        #expect(try fixture.send(.get, "/v1/platforms/shop/channels").text == #"{"channels":[]}"#)
        let first = try fixture.connect("ann", on: 0, number: 1, to: "global", "user:ann")
        try fixture.connect("ann", on: 1, number: 2, to: "global")
        #expect(
            try fixture.send(.get, "/v1/platforms/shop/channels").text
                == #"{"channels":[{"name":"global","subscribers":2},{"name":"user:ann","subscribers":1}]}"#)
        first.session?.close()
        #expect(try self.names(fixture.send(.get, "/v1/platforms/shop/channels")) == ["global"])
    }

    @Test func `channels are given page by page, and by the beginning of their names`() throws {
        let fixture = try AdminFixture()
        for number in 1...5 {
            try fixture.connect("u\(number)", on: number % 2, number: UInt64(number), to: "log:\(6 - number)", "global")
        }
        let path = "/v1/platforms/shop/channels?prefix=log:&limit=2"
        let first = try fixture.send(.get, path)
        #expect(try self.names(first) == ["log:1", "log:2"])
        #expect(try first.json["next"]?.string == "log:2")
        #expect(try self.names(fixture.send(.get, path + "&after=log:2")) == ["log:3", "log:4"])
        let last = try fixture.send(.get, path + "&after=log%3A4")
        #expect(try self.names(last) == ["log:5"])
        #expect(try last.json["next"] == nil)
        #expect(try fixture.send(.get, "/v1/platforms/shop/channels?limit=6").json["next"] == nil)
    }

    // MARK: Connections

    private func number(_ id: String) throws -> UInt64 { try #require(ConnectionID.number(from: id)) }

    @Test func `a connection is listed with its user, times and channels`() throws {
        let fixture = try AdminFixture()
        try fixture.connect("ann", number: 12, to: "user:ann", "global")
        #expect(
            try fixture.send(.get, "/v1/platforms/shop/connections").text == """
                {"connections":[{"id":"\(ConnectionID.text(of: 12))","user":"ann","roles":["customer"],"dialect":"text",\
                "transport":"polling","pingMilliseconds":17,"connectedAt":"2025-11-05T12:00:00.000Z","expiresAt":null,"channels":["user:ann","global"],"messageCount":0}]}
                """)
    }

    @Test func `connections of all loops are listed oldest first, page by page, or those of one user`() throws {
        let fixture = try AdminFixture()
        for number in [5, 3, 1] { try fixture.connect("ann", on: 0, number: UInt64(number)) }
        for number in [2, 10] { try fixture.connect(nil, on: 1, number: UInt64(number)) }
        func page(_ query: String) throws -> (ids: [UInt64], next: UInt64?) {
            let json = try fixture.send(.get, "/v1/platforms/shop/connections\(query)").json
            let ids = try #require(json["connections"]).elements.compactMap { $0["id"]?.string }
            return (try ids.map(self.number), try json["next"]?.string.map(self.number))
        }
        #expect(try page("") == ([1, 2, 3, 5, 10], nil))
        #expect(try page("?limit=2") == ([1, 2], 2))
        #expect(try page("?limit=2&after=\(ConnectionID.text(of: 2))") == ([3, 5], 5))
        #expect(try page("?limit=2&after=\(ConnectionID.text(of: 5))") == ([10], nil))
        #expect(try page("?user=ann") == ([1, 3, 5], nil))
        #expect(try page("?user=nobody") == ([], nil))
    }

    // MARK: History

    @Test func `kept publications are given oldest first, page by page, with the payload as it was sent`() throws {
        let fixture = try AdminFixture()
        for number in 1...3 {
            let body = #"{"event":"line","id":"l\#(number)","data":{"n": \#(number).0},"to":["log:a"]}"#
            #expect(try fixture.publish(body).status == 200)
        }
        let path = "/v1/platforms/shop/channels/log:a/history"
        let first = try fixture.send(.get, path + "?limit=2")
        #expect(
            first.text == """
                {"channel":"log:a","publications":[\
                {"offset":1,"id":"l1","event":"line","time":"2025-11-05T12:00:00.000Z","data":{"n": 1.0}},\
                {"offset":2,"id":"l2","event":"line","time":"2025-11-05T12:00:00.000Z","data":{"n": 2.0}}],"next":2}
                """)
        let second = try fixture.send(.get, path + "?after=2")
        #expect(try #require(try second.json["publications"]).elements.compactMap { $0["id"]?.string } == ["l3"])
        #expect(try second.json["next"] == nil)
        let behind = try fixture.send(.get, path + "?after=9223372036854775807")
        #expect(behind.text == #"{"channel":"log:a","publications":[]}"#)
    }

    @Test func `a channel that keeps nothing has no history`() throws {
        let answer = try AdminFixture().send(.get, "/v1/platforms/shop/channels/global/history")
        #expect(answer.status == 404)
        #expect(try answer.fault == "notFound")
    }

    @Test func `history that cannot be read is 503`() throws {
        let answer = try AdminFixture(engine: FailingEngine()).send(.get, "/v1/platforms/shop/channels/log:a/history")
        #expect(answer.status == 503)
        #expect(try answer.fault == "storageUnavailable")
    }
}
