// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime
import Testing

struct SessionTests {
    private static let path = "/v1/platforms/shop/sessions"

    @Test func `a session is made, shown without its id, and ended`() throws {
        let fixture = try AdminFixture()
        let body = #"{"user":"ann","expiresIn":"8h","name":"Ann","roles":["a","b"],"claims":{"org":{"id":9}}}"#
        let made = try fixture.send(.post, Self.path, body)
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(try made.json["id"]?.string)
        let key = try #require(try made.json["key"]?.string)
        #expect(id.utf8.count == 43 && key == SecretText.key(of: id))
        let shown = """
            "key":"\(key)","user":"ann","name":"Ann","roles":["a","b"],"claims":{"org":{"id":9}},\
            "createdAt":"2025-11-05T12:00:00.000Z","expiresAt":"2025-11-05T20:00:00.000Z"}
            """
        #expect(made.text == #"{"id":"\#(id)","# + shown)
        for name in [id, key] { #expect(try fixture.send(.get, "\(Self.path)/\(name)").text == "{" + shown) }
        #expect(try fixture.send(.get, "\(Self.path)?user=ann").text == #"{"sessions":[{"# + shown + "]}")
        #expect(try fixture.send(.delete, "\(Self.path)/\(id)").status == 204)
        for method in [HTTPMethod.get, .delete] {
            #expect(try fixture.send(method, "\(Self.path)/\(id)").fault == "notFound")
        }
        #expect(try fixture.send(.get, "\(Self.path)?user=ann").text == #"{"sessions":[]}"#)
    }

    @Test(arguments: [
        ("", 86_400), (#","expiresIn":1"#, 1), (#","expiresIn":90"#, 90), (#","expiresIn":"5m""#, 300),
        (#","expiresIn":"7d""#, 604_800), (#","expiresIn":3155760000"#, 3_155_760_000),
    ])
    func `a session lasts as long as it is asked to`(member: String, seconds: Int64) throws {
        let made = try AdminFixture().send(.post, Self.path, #"{"user":"ann"\#(member)}"#)
        let expiresAt = try #require(try made.json["expiresAt"]?.string.flatMap { Timestamp($0) })
        #expect(expiresAt.milliseconds - AdminFixture.now.milliseconds == seconds * 1000)
    }

    @Test(arguments: [
        ("{}", ""), (#"{"user":""}"#, "/user"), (#"{"user":7}"#, "/user"), ("[]", ""),
        (#"{"user":"a","expiresIn":0}"#, "/expiresIn"), (#"{"user":"a","expiresIn":-5}"#, "/expiresIn"),
        (#"{"user":"a","expiresIn":1.5}"#, "/expiresIn"), (#"{"user":"a","expiresIn":"h"}"#, "/expiresIn"),
        (#"{"user":"a","expiresIn":"-1h"}"#, "/expiresIn"),
        (#"{"user":"a","expiresIn":"9223372036854775807d"}"#, "/expiresIn"),
        (#"{"user":"a","expiresIn":9223372036854775807}"#, "/expiresIn"),
        (#"{"user":"a","expiresIn":""}"#, "/expiresIn"),
        (#"{"user":"a","claims":[]}"#, "/claims"), (#"{"user":"a","roles":"x"}"#, "/roles"),
        (#"{"user":"a","id":"mine"}"#, "/id"), (#"{"user":"a","expiresAt":"2030-01-01T00:00:00Z"}"#, "/expiresAt"),
    ])
    func `what is no session is refused with its place`(body: String, pointer: String) throws {
        #expect(try AdminFixture().send(.post, Self.path, body).fault == #"invalidRequest at "\#(pointer)""#)
    }

    @Test func `a user's sessions are listed page by page and ended together, nobody else's`() throws {
        let fixture = try AdminFixture()
        for user in ["ann", "ann", "bob", "ann"] { _ = try fixture.send(.post, Self.path, #"{"user":"\#(user)"}"#) }
        func keys(_ query: String) throws -> (keys: [String], next: String?) {
            let json = try fixture.send(.get, "\(Self.path)?\(query)").json
            return (try #require(json["sessions"]).elements.compactMap { $0["key"]?.string }, json["next"]?.string)
        }
        let all = try keys("user=ann").keys
        try #require(all.count == 3 && all == all.sorted())
        #expect(try keys("user=ann&limit=2") == (Array(all.prefix(2)), all[1]))
        #expect(try keys("user=ann&limit=2&after=\(all[1])") == ([all[2]], nil))
        #expect(try fixture.send(.delete, "\(Self.path)?user=ann").text == #"{"ended":3}"#)
        #expect(try fixture.send(.delete, "\(Self.path)?user=ann").text == #"{"ended":0}"#)
        #expect(try keys("user=bob").keys.count == 1)
        for method in [HTTPMethod.get, .delete] { #expect(try fixture.send(method, Self.path).fault == "invalidQuery") }
    }

    @Test func `the store's refusal is told`() throws {
        let fixture = try AdminFixture(engine: FailingEngine())
        let answer = try fixture.send(.post, Self.path, #"{"user":"ann"}"#)
        #expect(answer.status == 503)
        #expect(try answer.fault == "storageUnavailable")
    }
}
