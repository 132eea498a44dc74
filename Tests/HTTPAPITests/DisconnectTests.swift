// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import Realtime
import Testing

struct DisconnectTests {
    @Test func `one connection is ended, wherever it is, and the others stay`() throws {
        let fixture = try AdminFixture()
        let (first, second) = (
            try fixture.connect("ann", on: 0, number: 1), try fixture.connect("ann", on: 1, number: 2)
        )
        let path = "/v1/platforms/shop/connections/\(ConnectionID.text(of: 2))"
        #expect(try fixture.send(.delete, path).status == 204)
        #expect(second.sent == ["error disconnected"])
        #expect(second.closeCode == .normal)
        #expect(first.sent.isEmpty && first.closeCode == nil)
        let again = try fixture.send(.delete, path)
        #expect(again.status == 404)
        #expect(try again.fault == "notFound")
    }

    @Test(arguments: [
        "0", "1", "nonsense", "00000000-0000-4000-8000-000000000001", "-1", "+1", "01", "1.0",
        "99999999999999999999999", "%31%20",
    ])
    func `what names no connection is 404`(id: String) throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1)
        #expect(try fixture.send(.delete, "/v1/platforms/shop/connections/\(id)").status == 404)
        #expect(client.closeCode == nil)
    }

    @Test func `every connection of a user is ended, and nobody else's`() throws {
        let fixture = try AdminFixture()
        let ended = [
            try fixture.connect("did:rangkai:ann", on: 0, number: 1, to: "global"),
            try fixture.connect("did:rangkai:ann", on: 0, number: 2),
            try fixture.connect("did:rangkai:ann", on: 1, number: 3),
        ]
        let other = try fixture.connect("did:rangkai:bob", on: 1, number: 4)
        let path = "/v1/platforms/shop/users/did:rangkai:ann/connections"
        #expect(try fixture.send(.delete, path).text == #"{"disconnected":3}"#)
        #expect(ended.allSatisfy { $0.closeCode == .normal })
        #expect(other.closeCode == nil)
        #expect(try fixture.send(.delete, path).text == #"{"disconnected":0}"#)
    }
}
