// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Takes HTML out of the texts of a payload, so that a page that shows them as they are shows no markup (BULK-031).
///
/// Only values of strings are looked at; names of members are the platform's own and stay, as everything else does. Escapes
/// are read first: `\u003cb\u003e` is a tag as much as `<b>` is.
enum MarkupFilter {
    /// - Returns: the payload as it came when there is nothing to take out, which is the rule.
    static func filter(_ data: JSONNode, _ markup: Markup) -> JSONNode {
        guard markup != .keep, Self.mayHaveMarkup(data.rawBytes, markup) else { return data }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.rawBytes.count)
        Self.append(data, markup, to: &bytes)
        let depth = JSONDocument.deepestNesting
        return (try? JSONDocument(parsing: bytes, maximumDepth: depth).root) ?? data
    }

    /// A look at every byte: without `<`, an escape, a control character or what is to be escaped nothing changes.
    private static func mayHaveMarkup(_ bytes: ArraySlice<UInt8>, _ markup: Markup) -> Bool {
        bytes.contains { byte in
            byte == UInt8(ascii: "<") || byte == UInt8(ascii: "\\") || byte == 0x7F || byte == 0xC2
                || (markup == .escape && (byte == UInt8(ascii: "&") || byte == UInt8(ascii: ">")))
        }
    }

    /// Depth is bounded by the parser that made the node.
    private static func append(_ node: JSONNode, _ markup: Markup, to bytes: inout [UInt8]) {
        switch node.kind {
        case .string:
            guard let text = node.string else { fallthrough }
            JSONWriter.appendString(Self.filter(text, markup), to: &bytes)
        case .array:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in node.elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(element, markup, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in node.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.appendString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                Self.append(member.value, markup, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        default: bytes += node.rawBytes
        }
    }

    static func filter(_ text: String, _ markup: Markup) -> String {
        switch markup {
        case .keep: return text
        case .escape:
            var escaped = ""
            for scalar in text.unicodeScalars where !Self.isControl(scalar) {
                switch scalar {
                case "&": escaped += "&amp;"
                case "<": escaped += "&lt;"
                case ">": escaped += "&gt;"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        case .strip: return Self.strip(text)
        }
    }

    /// One pass that keeps what it has written free of tags: an end of a tag takes away everything from the last place where
    /// a tag may have begun, so that taking one out never makes another (`<<b>script>`).
    private static func strip(_ text: String) -> String {
        var kept: [Unicode.Scalar] = []
        /// Places in `kept` of each `<` that a letter, `/`, `!` or `?` follows: where a tag may begin.
        var openings: [Int] = []
        for scalar in text.unicodeScalars where !Self.isControl(scalar) {
            if scalar == ">", let opening = openings.popLast() {
                kept.removeSubrange(opening...)
                continue
            }
            if kept.last == "<", Self.beginsTag(scalar) { openings.append(kept.count - 1) }
            kept.append(scalar)
        }
        // A browser takes a tag that never ends for one all the same, when more text follows on the page. From the end, so
        // that what moves up to a `<` is seen.
        var rest: [Unicode.Scalar] = []
        rest.reserveCapacity(kept.count)
        for scalar in kept.reversed() {
            if scalar == "<", let next = rest.last, Self.beginsTag(next) { continue }
            rest.append(scalar)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: rest.reversed())
        return String(result)
    }

    private static func beginsTag(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "/" || scalar == "!" || scalar == "?"
    }

    /// Everything of C0 and C1 but tab, line feed and carriage return.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0...0x1F, 0x7F...0x9F: true
        default: false
        }
    }
}
