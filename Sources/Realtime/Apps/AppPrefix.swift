// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the names of an app's events begin with: `lottery` of `lottery:draw_started`.
package enum AppPrefix {
    /// Of ids and prefixes.
    package static let maximumByteCount = 128

    /// 1 to 128 of `a–z A–Z 0–9 _ - .`.
    package static func isID(_ text: String) -> Bool {
        (1...Self.maximumByteCount).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isWordByte)
    }

    /// Words like ids, with colons between them.
    package static func isPrefix(_ text: String) -> Bool {
        (1...Self.maximumByteCount).contains(text.utf8.count)
            && text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isWordByte) }
    }

    /// The prefix of an app that names none: its id without `app_` in front and `_v` with a number at its end.
    ///
    /// - Returns: `nil` when nothing is left.
    package static func implied(by id: String) -> String? {
        var text = Substring(id)
        if text.hasPrefix("app_") { text = text.dropFirst(4) }
        let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let stem = text.dropLast(digits)
        if digits > 0, stem.hasSuffix("_v") { text = stem.dropLast(2) }
        return text.isEmpty ? nil : String(text)
    }

    /// Whether a name is the prefix, a colon and something behind it.
    package static func begins(_ name: String, with prefix: String) -> Bool {
        name.utf8.count > prefix.utf8.count + 1 && name.utf8.starts(with: prefix.utf8)
            && name.utf8.dropFirst(prefix.utf8.count).first == UInt8(ascii: ":")
    }

    /// Whether some name begins with both.
    package static func overlap(_ a: String, _ b: String) -> Bool {
        a == b || a.utf8.starts(with: Array("\(b):".utf8)) || b.utf8.starts(with: Array("\(a):".utf8))
    }

    /// Every prefix that a name may have, shortest first.
    static func candidates(of name: String) -> [String] {
        var found: [String] = []
        var index = name.utf8.startIndex
        var count = 0
        while index < name.utf8.endIndex, count <= Self.maximumByteCount {
            if name.utf8[index] == UInt8(ascii: ":"), count > 0 { found.append(String(name[..<index])) }
            index = name.utf8.index(after: index)
            count += 1
        }
        return found
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
