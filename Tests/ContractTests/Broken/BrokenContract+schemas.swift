// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with schemas and examples.
    static let schemas: [BrokenContract] = [
        BrokenContract(
            "a schema that is not there",
            #"""
            events:
              sold: { to: [ global ], data: { $ref: "#/schemas/Ordr" } }
            schemas: { Order: { type: object } }
            """#,
            #"""
            c.yaml:9:41: error: there is no schema "Ordr" under "schemas"
              hint: did you mean "#/schemas/Order"?
            c.yaml:10:12: warning: nothing uses the schema "Order"
            """#),
        BrokenContract(
            "a schema that is none",
            #"""
            events:
              sold: { data: 5 }
              paid: { data: }
            """#,
            #"""
            c.yaml:9:17: error: "data" must be a JSON Schema, is the number 5
              hint: write data: { type: object } or data: { $ref: "#/schemas/NAME" }
            c.yaml:10:17: error: "data" must be a JSON Schema, is nothing
              hint: write data: { type: object } or data: { $ref: "#/schemas/NAME" }
            """#),
        BrokenContract(
            "schemas with faults, used or not",
            #"""
            events:
              sold: { data: { $ref: "#/schemas/Order" } }
            schemas:
              Order:
                type: objekt
                requird: [a]
                properties: { a: { minLength: -1 }, b: { $ref: "#/schemas/Missing" } }
              Rest: { type: 5 }
            """#,
            #"""
            c.yaml:12:11: error: schema: "type" must be one of null, boolean, object, array, string, number, integer
              hint: did you mean "object"?
            c.yaml:13:14: error: schema: "requird" is not a keyword
              hint: did you mean "required"?
            c.yaml:14:35: error: schema: "minLength" must be a whole number, 0 or more, is a number
            c.yaml:14:52: error: there is no schema "Missing" under "schemas"
            c.yaml:15:3: warning: nothing uses the schema "Rest"
            c.yaml:15:17: error: schema: "type" must be one of null, boolean, object, array, string, number, integer
            """#),
        BrokenContract(
            "a schema that only refers to itself",
            #"""
            events:
              sold: { data: { $ref: "#/schemas/A" } }
            schemas: { A: { $ref: "#/schemas/B" }, B: { $ref: "#/schemas/A" } }
            """#,
            #"""
            c.yaml:10:15: error: schema: the schema applies itself to the same value, without end
              hint: a schema may refer to itself only for members or elements of the value
            """#),
        BrokenContract(
            "an example that breaks its schema",
            #"""
            events:
              sold:
                data: { type: object, required: [id, total], properties: { id: { type: string }, total: { type: object, properties: { amount: { type: number } } } } }
                example:
                  id: 5
                  total:
                    amount: much
            """#,
            #"""
            c.yaml:12:11: error: the example breaks the schema of sold: "id" must be a string, is a number
            c.yaml:14:17: error: the example breaks the schema of sold: "total.amount" must be a number, is a string
            """#),
        BrokenContract(
            "an example without a field",
            #"""
            events:
              sold:
                data: { type: object, required: [id] }
                examples:
                  - { id: a }
                  - { ID: a }
            """#,
            #"""
            c.yaml:13:9: error: the example breaks the schema of sold: it must have the member "id"
            """#),
    ]
}
