// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a schema asks of a value besides its type, in words.
enum SchemaWords {
    static func notes(_ flat: DocumentObject) -> [String] {
        var notes: [String] = []
        if let format = flat["format"]?.text { notes.append(Self.formats[format] ?? format) }
        if let pattern = flat["pattern"]?.text { notes.append("matches \(pattern)") }
        Self.range(flat, "minLength", "maxLength", one: "character", many: "characters", &notes)
        Self.range(flat, "minItems", "maxItems", one: "element", many: "elements", &notes)
        Self.range(flat, "minProperties", "maxProperties", one: "member", many: "members", &notes)
        for (key, words) in Self.bounds {
            if case .number(let number)? = flat[key] { notes.append("\(words) \(number)") }
        }
        if flat["uniqueItems"] == true { notes.append("no element twice") }
        if flat["additionalProperties"] == false || flat["unevaluatedProperties"] == false {
            notes.append("no other members")
        }
        if let value = flat["default"] { notes.append("default \(value.compactJSON)") }
        return notes
    }

    private static let bounds = [
        ("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"),
        ("multipleOf", "a multiple of"),
    ]

    private static let formats = [
        "date-time": "date and time, RFC 3339", "date": "date, YYYY-MM-DD", "time": "time, RFC 3339",
        "email": "e-mail address", "uri": "address (URI)", "uuid": "UUID", "hostname": "host name",
        "ipv4": "IPv4 address", "ipv6": "IPv6 address",
    ]

    private static func range(
        _ flat: DocumentObject, _ least: String, _ most: String, one: String, many: String, _ notes: inout [String]
    ) {
        let number = { (key: String) -> String? in
            if case .number(let number)? = flat[key] { number } else { nil }
        }
        switch (number(least), number(most)) {
        case ("0", nil), (nil, nil): break
        case ("1", nil): notes.append("not empty")
        case (let least?, nil): notes.append("at least \(least) \(many)")
        case (nil, let most?): notes.append("at most \(most) \(most == "1" ? one : many)")
        case (let least?, let most?): notes.append(least == most ? "\(least) \(many)" : "\(least) to \(most) \(many)")
        }
    }
}
