// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct ChannelPatternTests {
    @Test(
        arguments: [
            ("global", "global", []), ("order:{orderId}", "order:7", ["7"]),
            ("user:{did}", "user:did:rangkai:abc", ["did:rangkai:abc"]), ("user:{did}", "user::", [":"]),
            ("{kind}:{id}", "order:7:8", ["order", "7:8"]), ("a:{x}:b", "a:1:b:b", ["1:b"]),
            ("{x}:{y}:b", "1:2:b:b", ["1", "2:b"]),
            ("{x}-b:{y}", "a-c-b:z", ["a-c", "z"]), ("{x}é{y}", "aéb", ["a", "b"]), ("{x}é", "éé", ["é"]),
            ("{x}", "日本", ["日本"]),
        ] as [(String, String, [String])])
    func `a name gives the values of its pattern's parameters (RNG-017)`(
        pattern: String, name: String, values: [String]
    ) {
        #expect(ChannelPattern(pattern).match(name)?.map(String.init) == values)
    }

    @Test(arguments: [
        ("global", "Global"), ("global", "global:1"), ("global", "globa"), ("order:{orderId}", "order:"),
        ("order:{orderId}", "order"), ("order:{orderId}", "user:1"), ("a:{x}:b", "a::b"), ("a:{x}:b", "a:1:c"),
        ("a:{x}:b", "a:b"), ("{x}é", "é"), ("{x}é{y}", "éb"), ("{x}:{y}", ":b"), ("{x}:{y}", "a:"),
        ("caf\u{E9}", "cafe\u{301}"),
    ])
    func `a name that does not fit gives nothing`(pattern: String, name: String) {
        #expect(ChannelPattern(pattern).match(name) == nil)
    }

    @Test(arguments: [
        ("user:{did}", "user:admin"), ("user:{did}", "{any}"), ("a:{x}:b", "a:1:{y}"), ("{x}", "{y}"), ("a", "a"),
        ("user:{did}", "user:{id}"), ("ab{x}", "a{y}"),
    ])
    func `patterns that one name matches overlap, in both directions`(a: String, b: String) {
        #expect(ChannelPattern(a).overlaps(ChannelPattern(b)))
        #expect(ChannelPattern(b).overlaps(ChannelPattern(a)))
    }

    @Test(arguments: [
        ("order:{orderId}", "user:{did}"), ("order:{orderId}", "orders"), ("global", "globe"), ("{x}:a", "{y}:b"),
        ("a", "a{x}"), ("a:{x}:b", "a:{y}:c"), ("order:{orderId}", "order"),
    ])
    func `patterns that no name can match both do not overlap`(a: String, b: String) {
        #expect(!ChannelPattern(a).overlaps(ChannelPattern(b)))
        #expect(!ChannelPattern(b).overlaps(ChannelPattern(a)))
    }

    @Test func `a pattern is described as it was written`() {
        #expect(ChannelPattern("a:{x}:b").description == "a:{x}:b")
        #expect(ChannelPattern("a:{x}:{y}").parameters == ["x", "y"])
    }

    @Test func `the longest name of separators is matched without going over it again and again`() {
        let name = String(repeating: ":", count: 255)
        #expect(ChannelPattern("{a}:{b}:{c}").match(name)?.map(\.utf8.count) == [1, 1, 251])
        #expect(ChannelPattern("{a}:{b}:x").match(name) == nil)
    }
}
