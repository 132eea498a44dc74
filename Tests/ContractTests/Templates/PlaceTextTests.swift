// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Contract

@Suite struct PlaceTextTests {
    @Test func `a text is literals and places in turn`() throws {
        let text = try PlaceText("Order {data.orderNumber} of {buyer.name|somebody}{x?}")
        #expect(
            text.pieces == [
                .literal("Order "), .place(.init(keys: ["data", "orderNumber"])), .literal(" of "),
                .place(.init(keys: ["buyer", "name"], fallback: "somebody")),
                .place(.init(keys: ["x"], isOptional: true)),
            ])
        #expect(text.singlePlace == nil)
    }

    @Test func `doubled braces are text`() throws {
        #expect(try PlaceText("{{{a}}}").pieces == [.literal("{"), .place(.init(keys: ["a"])), .literal("}")])
        #expect(try PlaceText("{{}}").pieces == [.literal("{}")])
    }

    @Test func `an array is spread, also one that may be missing`() throws {
        #expect(try PlaceText("{args.channels[]}").singlePlace == .init(keys: ["args", "channels"], isSpread: true))
        #expect(
            try PlaceText("{args.channels[]?}").singlePlace
                == .init(keys: ["args", "channels"], isOptional: true, isSpread: true))
    }

    @Test(arguments: [
        "{", "}", "{a", "a}", "{}", "{.}", "{a.}", "{a b}", "{a[0]}", "{a?|b}", "{a|\"}", "{{a}", "{a{b}}", "{[]}",
        "{?}",
    ])
    func `what is no place is refused`(text: String) {
        #expect(throws: PlaceText.Failure.self) { try PlaceText(text) }
    }
}
