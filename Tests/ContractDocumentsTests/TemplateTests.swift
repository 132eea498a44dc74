// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContractDocuments

@Suite struct TemplateTests {
    @Test func `places are read as the reference says`() {
        #expect(TemplateText("{user.id}").onlyPlace?.path == ["user", "id"])
        #expect(TemplateText("{args.channels[]?}").onlyPlace?.isSpread == true)
        #expect(TemplateText("{args.channels[]?}").onlyPlace?.isOptional == true)
        #expect(TemplateText("{user.name|some body}").onlyPlace?.fallback == "some body")
        #expect(TemplateText("{body.data|{}}").onlyPlace?.fallback == "{}")
        #expect(TemplateText("{{x}}").plain == "{x}")
        #expect(TemplateText("order:{args.id}").onlyPlace == nil)
        #expect(TemplateText("").plain == "")
        // What is no place stays text, and nothing is read past the end.
        #expect(TemplateText("{open").plain == "{open")
        #expect(TemplateText("}{").plain == "}{")
    }

    @Test func `examples fill templates as the server does`() throws {
        let examples = TemplateExamples(
            roots: DocumentObject([
                .init(key: "user", value: ["id": "alice", "name": .null]),
                .init(key: "args", value: ["list": ["a", "b"], "n": 7]),
            ]))
        let template: DocumentValue = [
            "id": "{user.id}", "gone": "{user.avatar?}", "null": "{user.avatar}", "word": "{user.name|nobody}",
            "all": ["{args.list[]}"],
            "text": "order:{args.n}/{user.id}", "fixed": 1, "brace": "{{x}}",
        ]
        let expected: DocumentValue = [
            "id": "alice", "null": .null, "word": "nobody", "all": ["a", "b"], "text": "order:7/alice", "fixed": 1,
            "brace": "{x}",
        ]
        #expect(examples.value(of: template) == expected)
        #expect(examples.text(of: "room:{args.n}") == "room:7")
        #expect(examples.text(of: "{args.list}") == nil)
    }

    @Test func `what a sender may leave out may be null in an answer`() {
        var schemas = TemplateSchemas(book: SchemaBook([]))
        schemas.roots["body"] = [
            "type": "object", "required": ["a"], "properties": ["a": ["type": "string"], "b": ["type": "string"]],
        ]
        let schema = schemas.schema(of: [
            "a": "{body.a}", "b": "{body.b}", "c": "{body.b?}", "t": "{now}", "x": "{what.ever}",
        ])
        #expect(schema["required"] == ["a", "b", "t", "x"])
        #expect(schema["properties"]?["a"] == ["type": "string"])
        #expect(schema["properties"]?["b"] == ["anyOf": [["type": "string"], ["type": "null"]]])
        #expect(schema["properties"]?["c"] == ["type": "string"])
        #expect(schema["properties"]?["t"] == ["type": "string", "format": "date-time"])
        #expect(schema["properties"]?["x"] == true)
    }
}
