// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Fills templates with values that could be.
struct TemplateExamples {
    static let time = "2025-11-05T12:00:00.000Z"

    /// The values by their roots: `user`, `args`, `publication`, …
    var roots: DocumentObject

    /// What is the same in every example.
    static let usual = TemplateExamples(
        roots: DocumentObject([
            DocumentObject.Member(key: "now", value: .string(Self.time)),
            DocumentObject.Member(
                key: "connection",
                value: ["id": "3f2a9c01-77b0-4d1e-8000-00000000002a", "connectedAt": .string(Self.time)]),
            DocumentObject.Member(key: "new", value: ["id": "01JBXK2Q9R000G3T"]),
            DocumentObject.Member(key: "lost", value: ["count": 3]),
            DocumentObject.Member(key: "resume", value: ["token": "r_5Yt0…", "expiresAt": "2025-11-05T12:05:00.000Z"]),
            DocumentObject.Member(
                key: "result",
                value: [
                    "id": "01JBXK2Q9R000G3T", "time": .string(Self.time), "receivers": 2, "record": .null,
                    "records": [:],
                    "publications": [], "complete": true, "items": [], "users": [], "count": 1,
                    "accessToken": "eyJhbGciOi…",
                    "refreshToken": "rt_9aQ…", "expiresIn": 900, "expiresAt": "2025-11-05T12:15:00.000Z",
                    "connections": 5,
                    "byChannel": [:], "uptime": 3600, "events": [],
                    "quota": ["limit": 600, "remaining": 599, "reset": 1],
                ]),
        ]))

    func value(of template: DocumentValue) -> DocumentValue {
        switch template {
        case .null, .bool, .number: return template
        case .string(let text): return self.value(of: TemplateText(text)) ?? .null
        case .array(let elements):
            return .array(
                elements.flatMap { element -> [DocumentValue] in
                    guard let text = element.text else { return [self.value(of: element)] }
                    let parsed = TemplateText(text)
                    if let place = parsed.onlyPlace, place.isSpread {
                        return self.value(at: place.path)?.elements ?? []
                    }
                    return self.value(of: parsed).map { [$0] } ?? []
                })
        case .object(let object):
            var result = DocumentObject()
            for member in object.members {
                if let text = member.value.text {
                    result.put(member.key, self.value(of: TemplateText(text)))
                } else {
                    result[member.key] = self.value(of: member.value)
                }
            }
            return .object(result)
        }
    }

    /// A text with places, such as a channel's name; `nil` when one of them has no value.
    func text(of template: String) -> String? {
        switch self.value(of: TemplateText(template)) {
        case .string(let text)?: return text
        case .number(let number)?: return number
        default: return nil
        }
    }

    func value(at path: [String]) -> DocumentValue? {
        guard let first = path.first, var value = self.roots[first] else { return nil }
        for key in path.dropFirst() {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }

    /// - Returns: `nil` when the key that holds it is left out.
    private func value(of text: TemplateText) -> DocumentValue? {
        if let place = text.onlyPlace {
            if let value = self.value(at: place.path), value != .null { return value }
            if let fallback = place.fallback { return Self.value(ofFallback: fallback) }
            return place.isOptional ? nil : .null
        }
        var result = ""
        for part in text.parts {
            switch part {
            case .text(let plain): result += plain
            case .place(let place):
                switch self.value(at: place.path) {
                case .string(let text)?: result += text
                case .array(let elements)?: result += elements.first?.text ?? ""
                case .null?, nil: result += place.fallback ?? ""
                case let value?: result += value.compactJSON
                }
            }
        }
        return .string(result)
    }

    /// What is written behind the bar: JSON where it reads as that, otherwise a text.
    static func value(ofFallback text: String) -> DocumentValue { DocumentValue(parsing: text) ?? .string(text) }
}
