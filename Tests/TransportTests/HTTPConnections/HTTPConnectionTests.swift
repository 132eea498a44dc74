// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import NIOPosix
import Testing
import Transport

@Suite(.serialized) struct HTTPConnectionTests {
    private func get(_ path: String, _ headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n"
    }

    @Test func `pipelined requests are answered in their order, however late each answer is`() async throws {
        var application = TestApplication()
        application.onRequest = { request, respond in
            // The first takes longest.
            let delay: TimeAmount = request.path == "/0" ? .milliseconds(60) : .milliseconds(1)
            request.eventLoop.scheduleTask(in: delay) { respond(.text(.ok, request.path)) }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.write((0..<20).map { self.get("/\($0)") }.joined())
            for number in 0..<20 { #expect(try client.readResponse().body == "/\(number)") }
        }
    }

    @Test func `two thousand pipelined requests that are answered at once need no deep stack`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(String(repeating: self.get("/x"), count: 2000))
            for _ in 0..<2000 { #expect(try client.readResponse().status == 200) }
        }
    }

    @Test func `a client that pipelines without reading is not asked for more, and gets every answer later`()
        async throws
    {
        let asked = Shared(0)
        let body = String(repeating: "b", count: 100_000)
        var application = TestApplication()
        application.onRequest = { _, respond in
            asked.update { $0 += 1 }
            respond(.text(.ok, body))
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.write(String(repeating: self.get("/x"), count: 500))
            // Until what the sockets take is full: a few megabytes of the fifty.
            var before = -1
            while asked.current != before {
                before = asked.current
                for _ in 0..<20 { _ = try await listener.gauges() }
            }
            #expect(before < 500)
            for _ in 0..<500 { #expect(try client.readResponse().body.utf8.count == body.utf8.count) }
            #expect(asked.current == 500)
        }
    }

    @Test func `an answer may come from any thread, and only the first counts`() async throws {
        var application = TestApplication()
        application.onRequest = { request, respond in
            MultiThreadedEventLoopGroup.singleton.next().execute {
                respond(.text(.ok, "first \(request.path)"))
                respond(.text(.ok, "second"))
            }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(self.get("/a") + self.get("/b"))
            #expect(try client.readResponse().body == "first /a")
            #expect(try client.readResponse().body == "first /b")
        }
    }

    @Test func `a body arrives whole, by length and in chunks`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("POST /l HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try client.readResponse().body == "POST /l hello")
            try client.write("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n")
            try client.write("2\r\nlo\r\n0\r\n\r\n")
            #expect(try client.readResponse().body == "POST /c hello")
        }
    }

    @Test func `HEAD is answered without a body and with its length`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n" + self.get("/g"))
            let head = try client.readResponse(hasBody: false)
            #expect(head.head.contains("Content-Length: 8\r\n"))
            #expect(try client.readResponse().body == "GET /g ")
        }
    }

    @Test func `a client that expects 100 is told to go on`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.write("ok")
            #expect(try client.readResponse().body == "POST /e ok")
        }
    }

    @Test func `a body over the limit is refused, announced or not`() async throws {
        try await withListener(TestApplication(), configure: { $0.maximumBodyByteCount = 100 }) { listener in
            let announced = try RawClient(port: listener.port)
            try announced.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n")
            #expect(try announced.readResponse().status == 413)
            #expect(try announced.isClosed())
            let chunked = try RawClient(port: listener.port)
            let chunk = "3C\r\n" + String(repeating: "x", count: 60) + "\r\n"
            try chunked.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
            #expect(try chunked.readResponse().status == 413)
        }
    }

    @Test func `a client that still sends when it is refused can read the answer`() async throws {
        try await withListener(TestApplication(), configure: { $0.maximumBodyByteCount = 100 }) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            for _ in 0..<10 { try client.write(String(repeating: "x", count: 100_000)) }
            #expect(try client.readResponse().status == 413)
        }
    }

    @Test func `Connection close and HTTP 1.0 end the connection behind the answer`() async throws {
        try await withListener(TestApplication()) { listener in
            for request in [self.get("/", "Connection: close\r\n"), "GET / HTTP/1.0\r\n\r\n"] {
                let client = try RawClient(port: listener.port)
                try client.write(request)
                #expect(try client.readResponse().head.contains("Connection: close\r\n"))
                #expect(try client.isClosed())
            }
        }
    }

    @Test func `a client that ends its side behind its request gets the answer`() async throws {
        var application = TestApplication()
        application.onRequest = { request, respond in
            request.eventLoop.scheduleTask(in: .milliseconds(30)) { respond(.text(.ok, "late")) }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(self.get("/"))
            client.shutDownWriting()
            #expect(try client.readResponse().body == "late")
            #expect(try client.isClosed())
        }
    }

    @Test func `an idle connection is closed in time`() async throws {
        try await withListener(TestApplication(), configure: { $0.idleTimeout = .milliseconds(50) }) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(self.get("/"))
            _ = try client.readResponse()
            #expect(try client.isClosed())
        }
    }

    @Test func `a body that stops half way is answered with 408`() async throws {
        try await withListener(TestApplication(), configure: { $0.bodyDeadline = .milliseconds(50) }) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
            #expect(try client.readResponse().status == 408)
        }
    }

    @Test func `requests that have begun when the listener ends are answered, whatever they become`() async throws {
        try await withListener(TestApplication(), configure: { $0.maximumBodyByteCount = 100 }) { listener in
            let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
            let (whole, large, idle) = (
                try RawClient(port: listener.port), try RawClient(port: listener.port),
                try RawClient(port: listener.port)
            )
            try whole.write(head + "Content-Length: 4\r\n\r\n")
            try large.write(head + "Transfer-Encoding: chunked\r\n\r\n")
            for client in [whole, large] { #expect(try client.readHead().contains(" 100 ")) }
            try idle.write(self.get("/"))
            _ = try idle.readResponse()
            async let end: Void = listener.closeAll(.goingAway, reason: "")
            #expect(try idle.isClosed())
            try whole.write("body" + self.get("/next"))
            #expect(try whole.readResponse().body == "POST / body")
            #expect(try whole.isClosed())
            let chunk = "3C\r\n" + String(repeating: "x", count: 60) + "\r\n"
            try large.write(chunk + chunk)
            #expect(try large.readResponse().status == 413)
            large.shutDownWriting()
            whole.shutDownWriting()
            try await end
        }
    }

    @Test func `an application that gives no answer is answered for with 503`() async throws {
        var application = TestApplication()
        application.onRequest = { _, _ in }
        try await withListener(application, configure: { $0.responseDeadline = .milliseconds(50) }) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(self.get("/"))
            #expect(try client.readResponse().status == 503)
            #expect(try client.isClosed())
        }
    }

    @Test func `a later head that is broken or too large is refused behind the answers before it`() async throws {
        try await withListener(TestApplication(), configure: { $0.maximumHeadByteCount = 1000 }) { listener in
            let broken = try RawClient(port: listener.port)
            try broken.write(self.get("/1") + "BROKEN\r\n\r\n")
            #expect(try broken.readResponse().body == "GET /1 ")
            #expect(try broken.readResponse().status == 400)
            let large = try RawClient(port: listener.port)
            try large.write(self.get("/1") + self.get("/" + String(repeating: "x", count: 2000)))
            #expect(try large.readResponse().body == "GET /1 ")
            #expect(try large.readResponse().status == 431)
        }
    }

    @Test func `two lengths, or a length and chunks, are refused`() async throws {
        try await withListener(TestApplication()) { listener in
            for headers in [
                "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            ] {
                let client = try RawClient(port: listener.port)
                try client.write("POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\nabc")
                #expect(try client.readResponse().status == 400)
            }
        }
    }

    @Test func `a header that would split the answer is left out`() async throws {
        var application = TestApplication()
        application.onRequest = { _, respond in
            respond(HTTPResponse(.ok, headers: ["X-Bad": "a\r\nSet-Cookie: b", "X-Good": "c"]))
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(self.get("/"))
            let head = try client.readResponse().head
            #expect(!head.contains("Set-Cookie"))
            #expect(head.contains("X-Good: c\r\n"))
        }
    }
}
