// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import Realtime
import Testing

struct CredentialTests {
    private func credential(
        _ places: [AuthRules.TokenSource],
        query: String = "",
        headers: HTTPHeaders = [:],
        _ change: (inout AuthRules) -> Void = { _ in }
    ) -> Credential? {
        var rules = AuthRules()
        rules.credentials = places.map { .init(.session, $0) }
        change(&rules)
        return rules.credential(query: QueryString(query), headers: headers)
    }

    @Test func `a credential is taken from the query, percent-encoding and all (RNG-003)`() {
        #expect(self.credential([.query("token")], query: "a=b&token=x%2Ey")?.text == "x.y")
        #expect(self.credential([.query("token")], query: "tokens=x") == nil)
        #expect(self.credential([.query("token")], query: "token=") == nil)
        #expect(self.credential([.query("token")], query: "token=%zz") == nil)
        #expect(self.credential([.query("token")]) == nil)
    }

    @Test(arguments: [("Bearer x.y", "x.y"), ("bearer x.y", "x.y"), ("x.y", "x.y"), ("Bearer ", nil), ("", nil)])
    func `a credential is taken from a header, with or without its scheme`(value: String, text: String?) {
        #expect(self.credential([.header("Authorization")], headers: ["authorization": value])?.text == text)
    }

    @Test(arguments: [
        ("session=x.y", "x.y"), ("a=b; session=x.y; c=d", "x.y"), ("session=x=y", "x=y"), ("mysession=x", nil),
        ("session", nil), ("", nil), (";;=;", nil), ("session=", nil), ("session=\"\"", nil), ("session=\"x\"", "x"),
        ("session=\"", "\""), ("session=; session=b", "b"), ("session=a; session=b", "a"), ("\tsession = x ;", "x"),
        ("session=%zz%", "%zz%"), ("session=\u{e9}\u{1F36A}", "\u{e9}\u{1F36A}"), ("SESSION=x", nil), ("=x", nil),
        ("session\u{301}=x", nil),
    ])
    func `a credential is taken from a cookie, and a broken cookie is none (BULK-003)`(cookies: String, text: String?) {
        #expect(self.credential([.cookie("session")], headers: ["Cookie": cookies])?.text == text)
    }

    @Test func `a huge cookie header is read like any other`() {
        let cookies = String(repeating: "a=b;", count: 50_000) + "session=x" + String(repeating: ";", count: 50_000)
        #expect(self.credential([.cookie("session")], headers: ["Cookie": cookies])?.text == "x")
        let long = String(repeating: "x", count: 100_000)
        #expect(self.credential([.cookie("session")], headers: ["Cookie": "session=\(long)"])?.text == long)
    }

    @Test func `the first place where the request has something counts, and says the kind`() {
        let places: [AuthRules.TokenSource] = [.header("X-Token"), .query("token")]
        #expect(self.credential(places, query: "token=q", headers: ["X-Token": "h"])?.text == "h")
        #expect(self.credential(places, query: "token=q", headers: ["X-Token": ""])?.text == "q")
        let second = self.credential(places, query: "token=q") { $0.credentials[1].kind = .jwt }
        #expect(second?.text == "q" && second?.kind == .jwt)
    }

    @Test func `a session comes with the headers that its backend knows it by`() {
        let headers: HTTPHeaders = ["Cookie": "session=x; other=y", "Authorization": "Basic z"]
        let credential = self.credential([.cookie("session")], headers: headers)
        #expect(credential?.cookieHeader == "session=x; other=y" && credential?.authorizationHeader == "Basic z")
    }

    @Test func `a one-time token comes first, with what the request has besides (PAY-076)`() {
        let headers: HTTPHeaders = ["Cookie": "session=x"]
        let resume = AuthRules.Resume(source: .query("resume"), age: 1000)
        let both = self.credential([.cookie("session")], query: "resume=r", headers: headers) { $0.resume = resume }
        #expect(both?.kind == .resume && both?.text == "r" && both?.others.map(\.text) == ["x"])
        let one = self.credential([.cookie("session")], headers: headers) { $0.resume = resume }
        #expect(one?.kind == .session && one?.text == "x" && one?.others.isEmpty == true)
    }

    @Test func `a platform without authentication ignores credentials (PAY-002)`() {
        #expect(self.credential([.query("token")], query: "token=x") { $0.mode = .none } == nil)
    }
}
