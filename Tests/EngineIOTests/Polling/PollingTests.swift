// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing
import Transport

@testable import EngineIO

@Suite(.serialized) struct PollingTests {
    @Test func `a GET waits and is answered when there is something to say`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let get = try stage.connect()
            try get.write(WireClient.request("GET", session))
            let response = try stage.post(session, #"4["echo","hé","€"]"#)
            #expect(response.body == "ok")
            #expect(response.headers["content-type"] == "text/html")
            #expect(response.headers["content-length"] == "2")
            let answer = try get.readResponse()
            #expect(answer.body == #"4["echo","hé","€"]"#)
            #expect(answer.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(answer.headers["content-length"] == "21")
        }
    }

    @Test func `a GET that waits longer than the listener lets answers take is not ended by it`() async throws {
        try await EngineStage.run(listening: {
            $0.responseDeadline = .milliseconds(60); $0.bodyDeadline = .milliseconds(60)
        }) {
            stage in
            let session = try stage.open()
            let get = try stage.connect()
            try get.write(WireClient.request("GET", session))
            // A body that does not come in the same time shows when that is over.
            let late = try stage.connect()
            try late.write("POST \(try stage.open()) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4")
            #expect(try late.readResponse().status == 408)
            #expect(try stage.post(session, "4late").body == "ok")
            #expect(try get.readResponse().body == "4late")
        }
    }

    @Test func `several packets come in one answer, at most sixteen, the rest with the next`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            #expect(try stage.post(session, "4twenty").body == "ok")
            #expect(try stage.poll(session) == (1...16).map { "4\($0)" }.joined(separator: "\u{1e}"))
            #expect(try stage.poll(session) == (17...20).map { "4\($0)" }.joined(separator: "\u{1e}"))
        }
    }

    @Test func `what a handler sends in one go comes in one answer to a GET that waits`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let get = try stage.connect()
            try get.write(WireClient.request("GET", session))
            #expect(try stage.post(session, "4a\u{1e}4b\u{1e}bAQI=\u{1e}b").body == "ok")
            #expect(try get.readResponse().body == "4a\u{1e}4b\u{1e}bAQI=\u{1e}b")
            #expect(stage.happenings.all == ["opened polling", "text a", "text b", "binary [1, 2]", "binary []"])
        }
    }

    @Test func `a second GET ends the session: the one that waits gets 1, the new one 400`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let first = try stage.connect()
            try first.write(WireClient.request("GET", session))
            let second = try stage.overlapping(session, first)
            #expect(second.status == 400)
            #expect(second.body == "")
            let answer = try first.readResponse()
            #expect(answer.status == 200)
            #expect(answer.body == "1")
            #expect(try stage.ask("GET", session).body == #"{"code":1,"message":"Session ID unknown"}"#)
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
        }
    }

    @Test func `a second POST while one is being read ends the session`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let first = try stage.connect()
            try first.write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4abc")
            let second = try stage.overlapping(session, first, isPost: true)
            #expect(second.status == 400)
            #expect(second.body == "")
            #expect(try first.readResponse().status == 400)
            #expect(try first.isClosed())
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test(arguments: ["GET", "POST"])
    func `a request that is cut off ends the session at once`(method: String) async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let length = method == "POST" ? "Content-Length: 10\r\n" : ""
            // The client goes away when it has written this.
            try stage.connect().write("\(method) \(session) HTTP/1.1\r\nHost: a\r\n\(length)\r\n")
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test func `a POST may come in chunks that cut a character`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let client = try stage.connect()
            let body = Array("4é€😀".utf8)
            try client.write("POST \(session) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in body { try client.write(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
            try client.write("0\r\n\r\n")
            #expect(try client.readResponse().body == "ok")
            #expect(try stage.poll(session) == "4é€😀")
        }
    }

    @Test func `a body of the limit is taken, and one byte more refused while it arrives, without ending the session`()
        async throws
    {
        try await EngineStage.run { stage in
            let session = try stage.open()
            #expect(try stage.post(session, "4" + String(repeating: "x", count: 999_999)).body == "ok")
            let announced = try stage.connect()
            try announced.write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n")
            let response = try announced.readResponse()
            #expect(response.status == 413)
            #expect(response.body == "")
            let chunked = try stage.connect()
            try chunked.write("POST \(session) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nF4241\r\n")
            try chunked.write("4" + String(repeating: "x", count: 1_000_000))
            // The body has no end yet.
            #expect(try chunked.readResponse().status == 413)
            #expect(try stage.post(session, "4lives").body == "ok")
            #expect(try stage.poll(session).utf8.count == 1_000_007)
        }
    }

    @Test func `a body of bytes, as older protocols have it, is refused and ends the session`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let response = try stage.ask("POST", session, "Content-Type: application/octet-stream\r\n", body: "4x")
            #expect(response.status == 400)
            #expect(response.body == "")
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test(arguments: ["4a\u{1e}", "4a\u{1e}\u{1e}4b", "4a\u{1e}x", "4a\u{1e}7", "4a\u{1e}b*"])
    func `a packet that is none ends the session behind those before it`(body: String) async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            #expect(try stage.post(session, body).body == "ok")
            let events = await stage.happenings.all(with: "closed: parse error")
            #expect(events == ["opened polling", "text a", "closed: parse error"])
            #expect(try stage.ask("GET", session).body == #"{"code":1,"message":"Session ID unknown"}"#)
        }
    }

    @Test func `an empty body, and one that is no UTF-8, end the session, and a GET that waits gets 1`() async throws {
        try await EngineStage.run { stage in
            for body in [[], [0x34, 0xFF]] as [[UInt8]] {
                let session = try stage.open()
                let get = try stage.waitingGET(session)
                let client = try stage.connect()
                try client.write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
                try client.write(body)
                #expect(try client.readResponse().body == "ok")
                #expect(try get.readResponse().body == "1")
            }
        }
    }

    @Test func `the client's close answers the GET that waits with 6, and packets behind it are dropped`() async throws
    {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let get = try stage.waitingGET(session)
            #expect(try stage.post(session, "1\u{1e}4late").body == "ok")
            #expect(try get.readResponse().body == "6")
            #expect(try stage.ask("GET", session).body == #"{"code":1,"message":"Session ID unknown"}"#)
            let events = await stage.happenings.all(with: "closed: transport close")
            #expect(events == ["opened polling", "closed: transport close"])
        }
    }

    @Test func `a ping from the client ends the session, stray packets do not`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            #expect(try stage.post(session, "3\u{1e}5\u{1e}6\u{1e}0{}\u{1e}3probe").body == "ok")
            #expect(try stage.post(session, "4x").body == "ok")
            #expect(try stage.poll(session) == "4x")
            let get = try stage.waitingGET(session)
            #expect(try stage.post(session, "2").body == "ok")
            #expect(try get.readResponse().body == "1")
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
        }
    }

    @Test func `one connection serves many requests, and Connection close is obeyed`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.connect()
            let sid = try EngineStage.sid(try client.ask("GET", EngineStage.polling).body)
            let session = EngineStage.polling + "&sid=" + sid
            for number in 0..<50 {
                #expect(try client.ask("POST", session, body: "4\(number)").body == "ok")
                #expect(try client.ask("GET", session).body == "4\(number)")
            }
            #expect(try client.ask("GET", session + "x").body.contains(#""code":1"#))
            #expect(try client.ask("POST", session, "Connection: close\r\n", body: "4x").body == "ok")
            #expect(try client.isClosed())
        }
    }

    @Test func `requests that come in one go are answered in their order`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let client = try stage.connect()
            try client.write(
                WireClient.request("POST", session, body: "4a") + WireClient.request("GET", session)
                    + WireClient.request("POST", session, body: "4b") + WireClient.request("GET", session))
            for body in ["ok", "4a", "ok", "4b"] { #expect(try client.readResponse().body == body) }
        }
    }

    @Test func `a client that does not poll is given up when too much waits for it`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            _ = try stage.post(session, "4much")
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
        }
    }

    @Test func `a handler that does not receive keeps the POST waiting and loses nothing`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            #expect(try stage.post(session, "4pause\u{1e}4a\u{1e}4b").body == "ok")
            #expect(stage.happenings.all == ["opened polling", "text pause", "resumed", "text a", "text b"])
        }
    }
}

extension EngineStage {
    /// A GET that has arrived: a POST behind it, which is answered, shows that.
    func waitingGET(_ session: String) throws -> WireClient {
        let client = try self.connect()
        try client.write(WireClient.request("GET", session))
        // One loop serves both connections, and has read the GET before it reads what comes later.
        _ = try self.ask("GET", "/engine.io/")
        return client
    }

    /// A second request of one kind while `first` is under way.
    func overlapping(_ session: String, _ first: WireClient, isPost: Bool = false) throws -> WireClient.Response {
        _ = try self.ask("GET", "/engine.io/")
        return isPost ? try self.post(session, "4x") : try self.ask("GET", session)
    }
}
