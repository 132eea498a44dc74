// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Testing

@testable import EngineIO

@Suite(.serialized) struct HandshakeTests {
    @Test func `polling opens with five keys, integers and the right headers`() async throws {
        try await EngineStage.run { stage in
            let response = try stage.ask("GET", EngineStage.polling)
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(response.headers["cache-control"] == "no-store")
            #expect(response.headers["set-cookie"] == nil)
            #expect(response.headers["access-control-allow-origin"] == nil)
            let sid = try EngineStage.sid(response.body)
            #expect(
                response.body
                    == #"0{"sid":"\#(sid)","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
            )
            #expect(await stage.happenings.all(with: "opened polling") == ["opened polling"])
        }
    }

    @Test func `a WebSocket opens with the same packet and nothing to upgrade to`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.connect()
            let response = try client.upgrade(EngineStage.webSocket, "Sec-WebSocket-Extensions: permessage-deflate\r\n")
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-extensions"] == nil)
            let packet = try client.readText()
            let sid = try EngineStage.sid(packet)
            #expect(
                packet
                    == #"0{"sid":"\#(sid)","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
            )
        }
    }

    @Test(arguments: [true, false])
    func `upgrades are empty where there are none`(allowsWebSocket: Bool) async throws {
        var configuration = EngineConfiguration()
        configuration.allowsWebSocket = allowsWebSocket
        configuration.allowsUpgrades = !allowsWebSocket
        try await EngineStage.run(configuration) { stage in
            #expect(try stage.ask("GET", EngineStage.polling).body.contains(#""upgrades":[],"#))
            let session = try stage.open().replacing("transport=polling", with: "transport=websocket")
            #expect(try stage.connect().upgrade(session).status == 400)
        }
    }

    @Test func `sids are twenty characters for URLs, and differ`() async throws {
        var sids: Set<String> = []
        for _ in 0..<1000 {
            let text = SessionID.random().text
            #expect(text.utf8.count == 20)
            #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            #expect(SessionID(text)?.text == text)
            sids.insert(text)
        }
        #expect(sids.count == 1000)
    }

    private static let refusals: [(target: String, method: String, code: Int)] = [
        ("?EIO=4", "GET", 0), ("?EIO=4&transport=tcp", "GET", 0), ("?transport=tcp&sid=x", "POST", 0),
        ("?EIO=4&transport=polling", "POST", 2), ("?EIO=4&transport=polling", "PUT", 2),
        ("?EIO=4&transport=polling", "OPTIONS", 2), ("?EIO=4&transport=websocket", "GET", 3),
        ("?transport=polling", "GET", 5), ("?transport=polling&EIO=3", "GET", 5),
        ("?transport=polling&EIO=5", "GET", 5), ("?transport=polling&EIO=abc", "GET", 5),
        ("?EIO=4&transport=polling&sid=abc", "GET", 1), ("?EIO=4&transport=polling&sid=__proto__", "GET", 1),
        ("?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", "POST", 1),
        ("?EIO=4&transport=polling&sid=%C3%A9%00AAAAAAAAAAAAAAAAA", "GET", 1),
        ("?EIO=4&transport=polling&sid=\(String(repeating: "A", count: 8000))", "GET", 1),
    ]

    @Test func `requests that cannot be served get the protocol's code and words`() async throws {
        let messages = [
            0: "Transport unknown", 1: "Session ID unknown", 2: "Bad handshake method", 3: "Bad request",
            5: "Unsupported protocol version",
        ]
        try await EngineStage.run { stage in
            for (target, method, code) in Self.refusals {
                let response = try stage.ask(method, "/engine.io/" + target)
                #expect(response.status == 400, "\(target.prefix(60))")
                #expect(response.headers["content-type"] == "application/json")
                #expect(
                    response.body == #"{"code":\#(code),"message":"\#(messages[code] ?? "")"}"#, "\(target.prefix(60))")
            }
            #expect(stage.endpoint.gauges.refusalsTotal[1] == 5)
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test func `WebSockets that cannot be served get 400 and the bare words`() async throws {
        try await EngineStage.run { stage in
            for (target, words) in [
                ("?EIO=4&transport=tcp", "Transport unknown"), ("?EIO=4&transport=polling", "Bad request"),
                ("?EIO=4&transport=websocket&sid=abc", "Session ID unknown"),
                ("?EIO=3&transport=websocket", "Unsupported protocol version"),
                ("?transport=websocket", "Unsupported protocol version"),
            ] {
                let client = try stage.connect()
                let response = try client.upgrade("/engine.io/" + target)
                #expect(response.status == 400)
                #expect(response.headers["connection"] == "close")
                #expect(response.headers["content-type"] == "text/html")
                #expect(response.body == words)
                #expect(try client.isClosed())
            }
        }
    }

    @Test func `the application's refusal is 403 with its words, and 400 for a WebSocket`() async throws {
        try await EngineStage.run(admit: { handshake in
            handshake.headers["authorization"] == "yes" ? nil : EngineRefusal(message: #"not "you""#)
        }) { stage in
            let response = try stage.ask("GET", EngineStage.polling)
            #expect(response.status == 403)
            #expect(response.body == #"{"code":4,"message":"not \"you\""}"#)
            let upgrade = try stage.connect().upgrade(EngineStage.webSocket)
            #expect(upgrade.status == 400)
            #expect(upgrade.body == #"not "you""#)
            #expect(try stage.ask("GET", EngineStage.polling, "Authorization: yes\r\n").status == 200)
        }
    }

    @Test func `only the path and what is below it is served`() async throws {
        try await EngineStage.run { stage in
            let query = "?EIO=4&transport=polling"
            let below = try stage.ask("GET", "/engine.io/default/x" + query)
            #expect(below.status == 200)
            for path in ["/engine.io", "/engine.iox/", "/", "/socket.io/"] {
                let other = try stage.ask("GET", path + query)
                #expect(other.status == 404)
                let upgrade = try stage.connect().upgrade(path + "?EIO=4&transport=websocket")
                #expect(upgrade.status == 404)
            }
        }
    }

    @Test func `an empty sid asks for a new session, and a sid needs no EIO`() async throws {
        try await EngineStage.run { stage in
            let sid = try EngineStage.sid(try stage.ask("GET", EngineStage.polling + "&sid=").body)
            let session = "/engine.io/?transport=polling&sid=\(sid)"
            #expect(try stage.post(session, "4hello").body == "ok")
            #expect(try stage.poll(session) == "4hello")
        }
    }

    @Test func `other methods on a session are refused and do it no harm`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
                #expect(try stage.ask(method, session).status == 400)
            }
            #expect(try stage.post(session, "4hello").body == "ok")
        }
    }

    @Test func `the cookie comes with the handshake over polling, and with nothing else`() async throws {
        var configuration = EngineConfiguration()
        configuration.cookie = EngineCookie()
        try await EngineStage.run(configuration) { stage in
            let response = try stage.ask("GET", EngineStage.polling)
            let sid = try EngineStage.sid(response.body)
            #expect(response.headers["set-cookie"] == "io=\(sid); Path=/; HttpOnly; SameSite=Lax")
            let post = try stage.post(EngineStage.polling + "&sid=" + sid, "4x")
            #expect(post.headers["set-cookie"] == nil)
            #expect(try stage.connect().upgrade(EngineStage.webSocket).headers["set-cookie"] == nil)
        }
    }

    @Test func `a cookie says what it was told to`() {
        var cookie = EngineCookie(name: "sticky")
        cookie.path = "/app"
        cookie.maximumAge = 60
        cookie.isSecure = true
        cookie.isHTTPOnly = false
        cookie.sameSite = .none
        #expect(cookie.header(id: "x") == "sticky=x; Max-Age=60; Path=/app; Secure; SameSite=None")
    }
}
