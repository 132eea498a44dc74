// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of channel names, written like `order:{orderId}`: literal text and parameters in turn.
///
/// A parameter stands for one or more bytes. The last one takes everything to the end of the name, colons
/// included (`user:{did}` matches `user:did:rangkai:abc`); one before other text ends where that text first follows.
package struct ChannelPattern: Sendable, Hashable, CustomStringConvertible {
    package enum Part: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    package let parts: [Part]

    /// - Precondition: the parts are not empty, and no two parameters stand side by side; the loader of contracts sees to it.
    package init(parts: [Part]) { self.parts = parts }

    package var parameters: [String] {
        self.parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    package var description: String {
        self.parts.map { part in
            switch part {
            case .literal(let text): text
            case .parameter(let name): "{\(name)}"
            }
        }.joined()
    }

    /// The name in which a user's id stands at every parameter; `nil`: there is no such name.
    func name(of user: UserID) -> ChannelName? { self.name(with: user.rawValue) }

    /// The name in which a value stands at every parameter; `nil`: there is no such name.
    package func name(with value: String) -> ChannelName? {
        ChannelName(
            self.parts.map { part in
                switch part {
                case .literal(let text): text
                case .parameter: value
                }
            }.joined())
    }

    /// The values of the parameters in their order, or `nil` when the name does not belong to this pattern.
    ///
    /// Works on bytes: what is literal text in UTF-8 never begins or ends within a character of the name.
    package func match(_ name: String) -> [Substring]? {
        var rest = name.utf8[...]
        var values: [Substring] = []
        for (index, part) in self.parts.enumerated() {
            switch part {
            case .literal(let text):
                guard rest.starts(with: text.utf8) else { return nil }
                rest = rest.dropFirst(text.utf8.count)
            case .parameter:
                var end = rest.endIndex
                if index + 1 < self.parts.count, case .literal(let next) = self.parts[index + 1] {
                    let isLast = index + 2 == self.parts.count
                    guard let found = isLast ? Self.suffix(next, of: rest) : Self.first(next, in: rest) else {
                        return nil
                    }
                    end = found
                }
                guard end > rest.startIndex else { return nil }
                values.append(Substring(rest[..<end]))
                rest = rest[end...]
            }
        }
        return rest.isEmpty ? values : nil
    }

    /// Whether some name could match both patterns. May say yes where only a search would show that none does.
    package func overlaps(_ other: Self) -> Bool {
        Self.overlap(self.parts[...], other.parts[...])
    }

    /// Where the text stands first, behind the first byte: a parameter stands for at least one.
    private static func first(_ text: String, in rest: Substring.UTF8View) -> String.Index? {
        rest.indices.dropFirst().first { rest[$0...].starts(with: text.utf8) }
    }

    /// Where the text stands that ends the name: `a:{x}:b` takes the last place.
    private static func suffix(_ text: String, of rest: Substring.UTF8View) -> String.Index? {
        let end = rest.suffix(text.utf8.count)
        return end.elementsEqual(text.utf8) ? end.startIndex : nil
    }

    private static func overlap(_ a: ArraySlice<Part>, _ b: ArraySlice<Part>) -> Bool {
        switch (a.first, b.first) {
        case (nil, nil): return true
        case (nil, _), (_, nil): return false
        case (.literal(let x)?, .literal(let y)?):
            let shared = min(x.utf8.count, y.utf8.count)
            guard x.utf8.prefix(shared).elementsEqual(y.utf8.prefix(shared)) else { return false }
            return Self.overlap(Self.dropping(shared, from: a), Self.dropping(shared, from: b))
        case (.parameter?, _), (_, .parameter?):
            // What a parameter may take is open, so only the texts at the two ends can tell the patterns apart.
            return Self.endsOverlap(a, b)
        }
    }

    private static func dropping(_ count: Int, from parts: ArraySlice<Part>) -> ArraySlice<Part> {
        guard case .literal(let text)? = parts.first else { return parts }
        let rest = String(decoding: text.utf8.dropFirst(count), as: UTF8.self)
        return rest.isEmpty ? parts.dropFirst() : [.literal(rest)] + parts.dropFirst()
    }

    private static func endsOverlap(_ a: ArraySlice<Part>, _ b: ArraySlice<Part>) -> Bool {
        guard case .literal(let x)? = a.last, case .literal(let y)? = b.last else { return true }
        let shared = min(x.utf8.count, y.utf8.count)
        return x.utf8.suffix(shared).elementsEqual(y.utf8.suffix(shared))
    }
}
