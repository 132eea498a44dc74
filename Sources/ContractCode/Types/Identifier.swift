// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Names for programs, made of names on the wire.
enum Identifier {
    /// `order.created`, `ORDER_CREATED` and `order created` are `OrderCreated`. Of letters and digits of ASCII; never empty, and no digit
    /// first.
    static func pascal(_ name: String) -> String {
        let joined = Self.words(name).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return Self.safe(joined, else: "Value")
    }

    /// The same, with a small first letter: `orderCreated`.
    static func camel(_ name: String) -> String {
        let words = Self.words(name)
        guard let first = words.first else { return "value" }
        let head = first.prefix(1).lowercased() + first.dropFirst()
        return Self.safe(
            ([head] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }).joined(), else: "value")
    }

    /// A file's name without its folder, for a comment's line.
    static func fileName(_ path: String) -> String {
        Self.line(path.split(separator: "/").last.map(String.init) ?? path)
    }

    /// A text without the ends of lines.
    static func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24: true
            default: false
            }
        }
    }

    private static func words(_ name: String) -> [String] {
        name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map { word in
            let isShouted = word.count > 1 && !word.contains(where: \.isLowercase) && word.contains(where: \.isLetter)
            return isShouted ? word.lowercased() : String(word)
        }
    }

    private static func safe(_ name: String, else fallback: String) -> String {
        guard let first = name.first else { return fallback }
        return first.isNumber ? "_\(name)" : name
    }
}

/// Gives names out, each once.
struct NameTable {
    private var taken: Set<String>

    /// - Parameter reserved: names that mean something already.
    init(reserved: Set<String>) { self.taken = reserved }

    /// The name, or with a word or a number behind it the next that is free.
    mutating func take(_ name: String, suffix: String = "Value") -> String {
        if self.taken.insert(name).inserted { return name }
        if self.taken.insert(name + suffix).inserted { return name + suffix }
        var number = 2
        while !self.taken.insert("\(name)\(suffix)\(number)").inserted { number += 1 }
        return "\(name)\(suffix)\(number)"
    }
}
