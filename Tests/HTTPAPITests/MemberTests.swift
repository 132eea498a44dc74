// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

struct MemberTests {
    private static let path = "/v1/platforms/shop/channels/order:1/members"

    private func members(_ fixture: AdminFixture, _ path: String = Self.path) throws -> [String] {
        let answer = try fixture.send(.get, path)
        #expect(answer.status == 200)
        return try answer.texts("members")
    }

    @Test func `a channel without members has none`() throws {
        let answer = try AdminFixture().send(.get, Self.path)
        #expect(answer.text == #"{"channel":"order:1","members":[]}"#)
    }

    @Test func `PUT replaces, POST adds, DELETE removes some or all`() throws {
        let fixture = try AdminFixture()
        #expect(try fixture.send(.put, Self.path, #"{"users":["bob","ann"]}"#).status == 204)
        #expect(try self.members(fixture) == ["ann", "bob"])
        #expect(try fixture.send(.post, Self.path, #"{"users":["cyd","ann"]}"#).status == 204)
        #expect(try self.members(fixture) == ["ann", "bob", "cyd"])
        #expect(try fixture.send(.delete, Self.path, #"{"users":["bob","nobody"]}"#).status == 204)
        #expect(try self.members(fixture) == ["ann", "cyd"])
        #expect(try fixture.send(.delete, Self.path, #"{"users":[]}"#).status == 204)
        #expect(try self.members(fixture) == ["ann", "cyd"])
        #expect(try fixture.send(.put, Self.path, #"{"users":["dan"]}"#).status == 204)
        #expect(try self.members(fixture) == ["dan"])
        #expect(try fixture.send(.delete, Self.path).status == 204)
        #expect(try self.members(fixture) == [])
    }

    @Test func `members shared through a link are shown with it, and PUT ends it`() throws {
        let fixture = try AdminFixture()
        _ = try fixture.publish(#"{"event":"order.created","data":{"orderId":"1","buyer":"ann"}}"#)
        _ = try fixture.publish(#"{"event":"parcel.packed","data":{"orderId":"1","parcelId":"p"}}"#)
        let path = "/v1/platforms/shop/channels/parcel:p/members"
        #expect(try fixture.send(.get, path).text == #"{"channel":"parcel:p","members":["ann"],"link":"order:1"}"#)
        #expect(try fixture.send(.post, path, #"{"users":["bob"]}"#).status == 204)
        #expect(try self.members(fixture, path) == ["ann", "bob"])
        #expect(try fixture.send(.put, path, #"{"users":["cyd"]}"#).status == 204)
        #expect(try fixture.send(.get, path).text == #"{"channel":"parcel:p","members":["cyd"]}"#)
    }

    @Test func `a subscription ends with the right to it, and the member may come back (RNG-D11)`() throws {
        let fixture = try AdminFixture()
        _ = try fixture.send(.put, Self.path, #"{"users":["ann"]}"#)
        let client = try fixture.connect("ann", on: 1, number: 1, to: "order:1")
        _ = try fixture.send(.delete, Self.path, #"{"users":["ann"]}"#)
        #expect(client.sent == ["unsubscribed order:1"])
        #expect(client.session?.channelNames.isEmpty == true)
        _ = try fixture.send(.post, Self.path, #"{"users":["ann"]}"#)
        #expect(throws: Never.self) { try client.session?.subscribe(to: "order:1").get() }
    }

    @Test(arguments: [
        ("{}", #"invalidRequest at """#), ("[]", #"invalidRequest at """#), ("7", #"invalidRequest at """#),
        (#"{"users":"ann"}"#, #"invalidRequest at "/users""#), (#"{"users":[7]}"#, #"invalidRequest at "/users/0""#),
        (#"{"users":["a",""]}"#, #"invalidRequest at "/users/1""#), (#"{"user":["a"]}"#, #"invalidRequest at "/user""#),
        (#"{"users":["a"],"x":1}"#, #"invalidRequest at "/x""#), (#"{"users":null}"#, #"invalidRequest at "/users""#),
    ])
    func `a body of another shape is refused and changes nothing`(body: String, fault: String) throws {
        let fixture = try AdminFixture()
        _ = try fixture.send(.put, Self.path, #"{"users":["ann"]}"#)
        for method in [HTTPMethod.put, .post, .delete] {
            let answer = try fixture.send(method, Self.path, body)
            #expect(answer.status == 422)
            #expect(try answer.fault == fault)
        }
        #expect(try self.members(fixture) == ["ann"])
    }

    @Test func `a body that was announced and is not there does not remove everybody`() throws {
        let fixture = try AdminFixture()
        _ = try fixture.send(.put, Self.path, #"{"users":["ann"]}"#)
        let answer = try fixture.send(.delete, Self.path, "", type: "application/json")
        #expect(answer.status == 400)
        #expect(try answer.fault == "invalidJSON")
        #expect(try self.members(fixture) == ["ann"])
    }

    @Test func `a change that the store does not take is 503 and has no effect`() throws {
        let fixture = try AdminFixture(engine: FailingEngine())
        let answer = try fixture.send(.put, Self.path, #"{"users":["ann"]}"#)
        #expect(answer.status == 503)
        #expect(try answer.fault == "storageUnavailable")
        #expect(try self.members(fixture) == [])
    }

    @Test func `a channel whose name has a slash is one segment when encoded`() throws {
        let fixture = try AdminFixture()
        let path = "/v1/platforms/shop/channels/order:a%2Fb/members"
        #expect(try fixture.send(.put, path, #"{"users":["did:rangkai:ann"]}"#).status == 204)
        #expect(
            try fixture.send(.get, path).text == #"{"channel":"order:a/b","members":["did:rangkai:ann"]}"#)
    }
}
