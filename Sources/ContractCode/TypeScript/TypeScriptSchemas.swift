// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import JSON

/// The constants `schemas`, each event's JSON Schema, and `definitions`, to which they refer.
struct TypeScriptSchemas {
    let outline: ContractOutline
    /// What comes under a name besides the contract's events.
    let notices: [String]

    private static let type = "boolean | { readonly [keyword: string]: unknown }"

    func lines() -> [String] {
        var lines = TypeScriptText.comment(["The schemas that others refer to as `#/schemas/NAME`"])
        lines.append("export const definitions: { readonly [name: string]: \(Self.type) } = {")
        for schema in self.outline.schemas {
            let key = schema.name == "__proto__" ? "['__proto__']" : TypeScriptText.key(schema.name)
            lines += Self.member(key, schema.json)
        }
        if self.outline.schemas.isEmpty { lines[lines.count - 1] += "}" } else { lines.append("}") }
        lines[lines.count - 1] += ";"
        lines.append("")
        lines += TypeScriptText.comment([
            "The payloads' JSON Schemas (2020-12): `payloadChecks(schemas, definitions)` of switchboard-client/schema makes checks of them"
        ])
        lines.append("export const schemas: { readonly [Name in keyof Events]: \(Self.type) } = {")
        for event in self.outline.events + self.outline.apps.flatMap(\.events) {
            lines += Self.member(TypeScriptText.key(event.name), event.schema ?? "true")
        }
        for name in self.notices { lines.append("  \(TypeScriptText.key(name)): true,") }
        return lines + ["};"]
    }

    private static func member(_ key: String, _ schema: String) -> [String] {
        guard let document = try? JSONDocument(parsing: schema, maximumDepth: 128) else { return ["  \(key): true,"] }
        let value = TypeScriptText.value(document.root, indent: "  ", used: key.count + 3)
        return "  \(key): \(value),".split(separator: "\n").map(String.init)
    }
}
