// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Testing

@Suite struct NameTemplateTests {
    private let payload = JSONDocument.of(
        #"{"orderId":"7b","number":12,"big":1e3,"empty":"","none":null,"flag":true,"list":[1],"buyer":{"did":"did:x:1"}}"#
    )

    @Test func `fields of the payload fill the name, numbers as they are written`() throws {
        #expect(try NameTemplate("order:{orderId}").text(payload: self.payload.root) == "order:7b")
        #expect(try NameTemplate("{number}-{big}").text(payload: self.payload.root) == "12-1e3")
        #expect(try NameTemplate("user:{buyer.did}").text(payload: self.payload.root) == "user:did:x:1")
    }

    @Test(arguments: ["missing", "empty", "none", "flag", "list", "buyer", "orderId.deeper"])
    func `a field that is no text and no number fails, and makes an optional name disappear`(field: String) throws {
        #expect(throws: NameTemplate.Failure.self) {
            try NameTemplate("a:{\(field)}").text(payload: self.payload.root)
        }
        #expect(try NameTemplate("a:{\(field)}", isOptional: true).text(payload: self.payload.root) == nil)
    }

    @Test func `parameters and the member fill the name`() throws {
        let template = NameTemplate("{did}/{member}", parameters: ["did"])
        #expect(try template.text(parameters: ["did:x"], member: UserID("bob")) == "did:x/bob")
        #expect(template.description == "{did}/{member}")
        #expect(NameTemplate("a:{b.c}", isOptional: true).description == "a:{b.c?}")
    }
}
