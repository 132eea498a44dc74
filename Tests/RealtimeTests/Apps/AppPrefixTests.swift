// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

struct AppPrefixTests {
    @Test(arguments: [
        ("app_lottery_v1", "lottery"), ("app_quiz_v12", "quiz"), ("quiz_v2", "quiz"), ("app_quiz", "quiz"),
        ("lottery", "lottery"), ("app_v1", "v1"), ("app_a_b_v1", "a_b"), ("app_quiz_v", "quiz_v"), ("app_x1", "x1"),
        ("application", "application"),
    ])
    func `ROOM-D10 an id implies a prefix`(id: String, prefix: String) {
        #expect(AppPrefix.implied(by: id) == prefix)
        #expect(App(id: id).allPrefixes == (prefix == id ? [id] : [prefix, id]))
    }

    @Test func `an id of which nothing is left implies no prefix`() {
        #expect(AppPrefix.implied(by: "app_") == nil)
        #expect(App(id: "app_").allPrefixes == ["app_"])
    }

    @Test func `ROOM-038 a name begins with a prefix when a colon follows, and something behind it`() {
        let app = App(id: "app_lottery_v1")
        for name in ["lottery:draw_started", "app_lottery_v1:draw_started", "lottery:a:b", "lottery::"] {
            #expect(app.owns(event: name), "\(name)")
        }
        for name in ["lottery", "lottery:", "lotterys:draw", "lotter:y", ":draw", "Lottery:draw", "", "quiz:lottery:x"]
        {
            #expect(!app.owns(event: name), "\(name)")
        }
    }

    @Test func `prefixes overlap when some name begins with both`() {
        #expect(AppPrefix.overlap("a", "a") && AppPrefix.overlap("a", "a:b") && AppPrefix.overlap("a:b:c", "a:b"))
        #expect(!AppPrefix.overlap("a", "ab") && !AppPrefix.overlap("a:b", "a:c"))
    }

    @Test func `ids and prefixes have a form`() {
        #expect(
            AppPrefix.isID("app_Lottery-1.v2") && !AppPrefix.isID("a:b") && !AppPrefix.isID("") && !AppPrefix.isID("ä"))
        #expect(AppPrefix.isPrefix("a:b") && !AppPrefix.isPrefix("a:") && !AppPrefix.isPrefix("a b"))
        #expect(
            AppPrefix.isID(String(repeating: "a", count: 128)) && !AppPrefix.isID(String(repeating: "a", count: 129)))
    }

    @Test func `a long name has no more candidates than prefixes are long`() {
        #expect(AppPrefix.candidates(of: String(repeating: "a:", count: 10_000)).count == 64)
        #expect(AppPrefix.candidates(of: "a:b:c") == ["a", "a:b"])
        #expect(AppPrefix.candidates(of: ":a") == [])
    }
}
