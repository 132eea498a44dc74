// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A URI taken apart and joined again (RFC 3986 §3, §5), for the identifiers of schemas.
///
/// Takes any text; what is not a URI comes out as a path.
struct URIReference {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    /// By the expression of RFC 3986 appendix B.
    init(_ text: String) {
        var rest = Substring(text)
        if let mark = rest.firstIndex(of: "#") {
            self.fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            self.query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            self.scheme = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            self.authority = String(rest[..<end])
            rest = rest[end...]
        }
        self.path = String(rest)
    }

    /// This reference as seen from `base` (§5.2.2).
    func resolved(against base: URIReference) -> URIReference {
        var target = self
        if self.scheme != nil {
            target.path = Self.withoutDotSegments(self.path)
            return target
        }
        target.scheme = base.scheme
        guard self.authority == nil else {
            target.path = Self.withoutDotSegments(self.path)
            return target
        }
        target.authority = base.authority
        if self.path.isEmpty {
            target.path = base.path
            target.query = self.query ?? base.query
        } else if self.path.hasPrefix("/") {
            target.path = Self.withoutDotSegments(self.path)
        } else {
            target.path = Self.withoutDotSegments(self.merged(with: base))
        }
        return target
    }

    /// Without the fragment: what names a document or a schema with `$id`.
    var absolute: String {
        (self.scheme.map { $0 + ":" } ?? "") + (self.authority.map { "//" + $0 } ?? "") + self.path
            + (self.query.map { "?" + $0 } ?? "")
    }

    /// The fragment with its percent-encodings decoded; nil when they are wrong.
    var decodedFragment: String? {
        var bytes: [UInt8] = []
        var rest = Array((self.fragment ?? "").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.prefix(2).count == 2, rest.prefix(2).allSatisfy(\.isHexDigit),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private func merged(with base: URIReference) -> String {
        if base.authority != nil, base.path.isEmpty { return "/" + self.path }
        guard let slash = base.path.lastIndex(of: "/") else { return self.path }
        return base.path[...slash] + self.path
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isLetter else { return false }
        return text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
    }

    /// §5.2.4.
    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            switch segment {
            case ".":
                if isLast { kept.append("") }
            case "..":
                if kept.count > 1 || kept.first.map({ !$0.isEmpty }) ?? false { kept.removeLast() }
                if isLast { kept.append("") }
            default:
                kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }
}
