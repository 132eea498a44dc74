// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A path to a value inside a JSON text (RFC 6901).
///
/// Shape: the names and indexes on the way, from the outside in; none for the whole text. Rendered as
/// `/items/0/a~1b`, where `~1` is a slash and `~0` a tilde in a name.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    package private(set) var tokens: [String]

    /// The whole text.
    package init() {
        self.tokens = []
    }

    package init(_ tokens: [String]) {
        self.tokens = tokens
    }

    /// Reads the rendered form; nil when it is neither empty nor starts with a slash, or when a tilde is
    /// not followed by 0 or 1.
    package init?(parsing text: String) {
        guard !text.isEmpty else {
            self.tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    package func appending(key: String) -> JSONPointer {
        JSONPointer(self.tokens + [key])
    }

    package func appending(index: Int) -> JSONPointer {
        JSONPointer(self.tokens + [String(index)])
    }

    package var description: String {
        var rendered: [UInt8] = []
        for token in self.tokens {
            rendered.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): rendered += "~0".utf8
                case UInt8(ascii: "/"): rendered += "~1".utf8
                default: rendered.append(byte)
                }
            }
        }
        return String(decoding: rendered, as: UTF8.self)
    }

    private static func unescape(_ part: Substring.UTF8View) -> String? {
        var token: [UInt8] = []
        var bytes = part.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "~") else {
                token.append(byte)
                continue
            }
            switch bytes.next() {
            case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: token, as: UTF8.self)
    }
}

extension JSONNode {
    /// The value a pointer names, counted from this one; nil when there is none.
    package func descendant(at pointer: JSONPointer) -> JSONNode? {
        var node = self
        for token in pointer.tokens {
            let child: JSONNode? =
                switch node.kind {
                case .object: node[token]
                case .array: Self.arrayIndex(token).flatMap { node[$0] }
                default: nil
                }
            guard let child else { return nil }
            node = child
        }
        return node
    }

    /// Where this value stands in its document. A member's name has its value's pointer.
    ///
    /// Found by walking down from the root: for messages, not for hot paths.
    package var pointer: JSONPointer { self.pointer(from: self.document.root) }

    /// Where this value stands within `ancestor`, a value of the same document that holds it.
    package func pointer(from ancestor: JSONNode) -> JSONPointer {
        var tokens: [String] = []
        var node = ancestor
        descent: while node.index < self.index {
            for (position, element) in node.elements.enumerated() where element.contains(self.index) {
                tokens.append(String(position))
                node = element
                continue descent
            }
            for member in node.members where member.key.index == self.index || member.value.contains(self.index) {
                tokens.append(member.name)
                node = member.value
                continue descent
            }
            break
        }
        return JSONPointer(tokens)
    }

    private func contains(_ index: Int) -> Bool {
        self.index <= index && index < Int(self.document.tape[self.index].next)
    }

    /// RFC 6901 §4: digits without a leading zero.
    private static func arrayIndex(_ token: String) -> Int? {
        guard token.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        guard token.utf8.count == 1 || token.utf8.first != UInt8(ascii: "0") else { return nil }
        return Int(token)
    }
}
