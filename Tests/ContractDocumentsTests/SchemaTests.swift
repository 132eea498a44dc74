// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContractDocuments

@Suite struct SchemaTests {
    private static let order =
        #"{"required":["id"],"properties":{"id":{"type":"string"},"status":{"type":"string"}}}"#
    private static let paid =
        ##"{"$ref":"#/schemas/The order","required":["by"],"properties":{"status":{"const":"paid"},"##
        + ##""by":{"$ref":"#/$defs/U"}},"$defs":{"U":{"type":"string","format":"uuid"}}}"##

    private func book() -> SchemaBook { SchemaBook([("The order", Self.order), ("Paid", Self.paid)]) }

    @Test func `references hold wherever a schema is put`() throws {
        var book = self.book()
        #expect(book.components.keys == ["The_order", "Paid"])
        #expect(book.components["Paid"]?["$ref"] == "#/components/schemas/The_order")
        #expect(book.components["Paid"]?["properties"]?["by"]?["$ref"] == "#/components/schemas/Paid/$defs/U")
        #expect(book.target(of: "#/components/schemas/Paid/$defs/U")?["format"] == "uuid")
        #expect(book.target(of: "#/components/schemas/None") == nil)
        #expect(book.target(of: "https://example.com/") == nil)
        // A reference alone gets no name of its own; what is data is no reference.
        #expect(book.add(["$ref": "#/schemas/Paid"], as: "x") == ["$ref": "#/components/schemas/Paid"])
        let added = book.add(["const": ["$ref": "#/schemas/Paid"], "items": ["$ref": "#"]], as: "order.created")
        #expect(added == ["$ref": "#/components/schemas/order_created"])
        #expect(book.components["order_created"]?["const"] == ["$ref": "#/schemas/Paid"])
        #expect(book.components["order_created"]?["items"] == ["$ref": "#/components/schemas/order_created"])
    }

    @Test func `a table has the properties of all parts, the nearer word last`() {
        let book = self.book()
        let fields = book.fields(of: SchemaBook.reference(to: "Paid"))
        #expect(fields.map(\.name) == ["id", "status", "by"])
        #expect(fields.map(\.isRequired) == [true, false, true])
        #expect(fields.map(\.type) == ["string", #""paid""#, "string"])
        #expect(fields[2].notes == ["UUID"])
    }

    @Test func `a schema that contains itself ends`() {
        var book = SchemaBook([])
        let tree = book.add(
            ["type": "object", "properties": ["children": ["type": "array", "items": ["$ref": "#"]]]], as: "tree")
        #expect(!book.fields(of: tree).isEmpty)
        #expect(TypeScriptTypes(book: book).text(of: tree).contains("children?"))
        _ = book.example(of: tree)
        let loop = book.add(["allOf": [["$ref": "#"]]], as: "loop")
        #expect(book.fields(of: loop).isEmpty)
    }

    @Test(arguments: [
        (#"{"minLength":1,"maxLength":128}"#, ["1 to 128 characters"]), (#"{"minLength":1}"#, ["not empty"]),
        (#"{"maxItems":1}"#, ["at most 1 element"]), (#"{"minimum":0,"exclusiveMaximum":5}"#, ["≥ 0", "< 5"]),
        (#"{"format":"date-time"}"#, ["date and time, RFC 3339"]),
        (#"{"additionalProperties":false}"#, ["no other members"]),
        (#"{"minLength":0}"#, []),
    ])
    func `what is asked besides the type is said in words`(schema: String, expected: [String]) throws {
        let value = try #require(DocumentValue(parsing: schema))
        #expect(SchemaWords.notes(SchemaBook([]).flat(value)) == expected)
    }

    @Test func `draft 7 has nothing beside a reference`() {
        let schema: DocumentValue = ["$ref": "#/a", "required": ["x"], "const": ["$ref": "#/b", "y": 1]]
        #expect(
            AsyncAPIDocument.plain(schema)
                == ["allOf": [["$ref": "#/a"], ["required": ["x"], "const": ["$ref": "#/b", "y": 1]]]])
        #expect(AsyncAPIDocument.plain(["$ref": "#/a"]) == ["$ref": "#/a"])
        #expect(AsyncAPIDocument.plain(false, isWhole: true) == ["not": [:]])
    }
}
