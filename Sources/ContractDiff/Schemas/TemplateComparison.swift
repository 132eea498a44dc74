// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import JSON

/// Compares what the server sends, as templates say it: members that are gone, moved or told from elsewhere.
struct TemplateComparison {
    struct Difference {
        var isBreaking: Bool
        var what: String
    }

    /// - Parameters: templates as JSON texts.
    static func differences(_ old: String, _ new: String) -> [Difference] {
        guard let a = try? JSONDocument(parsing: old, maximumDepth: 128).root,
            let b = try? JSONDocument(parsing: new, maximumDepth: 128).root, !a.isSameValue(as: b)
        else { return [] }
        var differences: [Difference] = []
        Self.compare(a, b, path: "", &differences)
        return differences
    }

    private static func compare(_ a: JSONNode, _ b: JSONNode, path: String, _ differences: inout [Difference]) {
        if a.isSameValue(as: b) { return }
        let name = path.isEmpty ? "it" : "\"\(path)\""
        guard a.kind == .object, b.kind == .object else {
            return differences.append(Self.difference(a, b, name))
        }
        let start = path.isEmpty ? "" : "\(path)."
        for member in a.members {
            if let other = b[member.name] {
                Self.compare(member.value, other, path: start + member.name, &differences)
            } else {
                differences.append(
                    Difference(isBreaking: true, what: "\"\(start)\(member.name)\" is not sent any more"))
            }
        }
        for member in b.members where a[member.name] == nil {
            differences.append(Difference(isBreaking: false, what: "\"\(start)\(member.name)\" is sent, too"))
        }
    }

    private static func difference(_ a: JSONNode, _ b: JSONNode, _ name: String) -> Difference {
        let (was, isNow) = (Self.text(a), Self.text(b))
        if let place = a.string.flatMap(PlaceScanner.only), place == b.string.flatMap(PlaceScanner.only) {
            let mayBeMissing = b.string?.hasSuffix("?}") ?? false
            return Difference(
                isBreaking: mayBeMissing,
                what: mayBeMissing ? "\(name) may be missing now" : "\(name) is \(isNow), was \(was)")
        }
        return Difference(isBreaking: true, what: "\(name) is \(isNow), was \(was)")
    }

    private static func text(_ node: JSONNode) -> String { String(decoding: node.rawBytes, as: UTF8.self) }
}
