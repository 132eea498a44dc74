// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import JSON
package import Realtime

extension AuthRules {
    /// The credential that a request carries: at the first of the contract's places where the request has something. One-time
    /// tokens come first.
    ///
    /// Nothing is checked. What is empty or cannot be read, such as a broken cookie, is not there. On a platform without
    /// authentication there never is one.
    ///
    /// - Parameters:
    ///   - auth: the `auth` object of a Socket.IO client's CONNECT packet.
    ///   - takesResume: one-time tokens are looked for as well.
    package func credential(
        query: QueryString, headers: HTTPHeaders, auth: JSONNode? = nil, takesResume: Bool = true
    ) -> Credential? {
        guard self.mode != .none else { return nil }
        let resume = (takesResume ? self.resume : nil).map { CredentialSource(.resume, $0.source) }
        var found = ((resume.map { [$0] } ?? []) + self.credentials).lazy.compactMap { source -> Credential? in
            guard let text = Self.text(at: source.place, query: query, headers: headers, auth: auth), !text.isEmpty
            else {
                return nil
            }
            return Credential(
                source.kind, text, cookieHeader: headers["cookie"], authorizationHeader: headers["authorization"])
        }.makeIterator()
        guard var first = found.next() else { return nil }
        if first.kind == .resume { first.others = found.next().map { [$0] } ?? [] }
        return first
    }

    private static func text(
        at place: TokenSource, query: QueryString, headers: HTTPHeaders, auth: JSONNode?
    ) -> String? {
        switch place {
        case .auth(let name): return auth?[name]?.string.map(Self.withoutScheme)
        case .query(let name): return query[name]
        case .header(let name):
            guard let value = headers[name] else { return nil }
            return Self.withoutScheme(value)
        case .cookie(let name): return Self.cookie(name, in: headers)
        }
    }

    private static func withoutScheme(_ value: String) -> String {
        value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : value
    }

    /// The value of the first cookie of this name (RFC 6265 §4.2.1) that has one, without the quotes around it, as it was sent
    /// otherwise.
    private static func cookie(_ name: String, in headers: HTTPHeaders) -> String? {
        for header in headers.values("cookie") {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                guard halves.count == 2, Self.trimmed(halves[0]).elementsEqual(name.utf8) else { continue }
                let value = Self.unquoted(Self.trimmed(halves[1]))
                if !value.isEmpty { return String(decoding: value, as: UTF8.self) }
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text
    }

    private static func unquoted(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let quote = UInt8(ascii: "\"")
        guard text.count >= 2, text.first == quote, text.last == quote else { return text }
        return text.dropFirst().dropLast()
    }
}
