// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// Reads `{places}` out of texts that the contract's compiler has accepted.
package enum PlaceScanner {
    /// A text in its parts, places without braces: `order:{args.orderId?}` is `order:` and `args.orderId?`. What has no end is text.
    package static func parts(of text: String) -> [ChannelPattern.Part] {
        var parts: [ChannelPattern.Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.first {
            rest = rest.dropFirst()
            if (character == "{" || character == "}") && rest.first == character {
                literal.append(character)
                rest = rest.dropFirst()
            } else if character == "{", let end = rest.firstIndex(of: "}") {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.parameter(Self.place(&rest, until: end)))
            } else {
                literal.append(character)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// A default may hold braces itself: `{args.data|{}}`.
    private static func place(_ rest: inout Substring, until end: String.Index) -> String {
        var depth = 1
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == "{" { depth += 1 }
            if rest[index] == "}" { depth -= 1 }
            if depth == 0 { break }
            index = rest.index(after: index)
        }
        let stop = depth == 0 ? index : end
        let place = String(rest[..<stop])
        rest = rest[stop...].dropFirst()
        return place
    }

    /// The place that the whole text is, without `?` and default: `{args.since?}` is `args.since`.
    package static func only(_ text: String) -> String? {
        let parts = Self.parts(of: text)
        guard parts.count == 1, case .parameter(let place) = parts[0] else { return nil }
        let path = place.prefix { $0 != "|" }
        return path.last == "?" ? String(path.dropLast()) : String(path)
    }
}
