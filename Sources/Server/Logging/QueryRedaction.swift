// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Realtime

/// Leaves out of request targets what may let somebody in.
struct QueryRedaction: Sendable {
    private static let replacement = "REDACTED"
    private static let maximumValueByteCount = 64
    private static let maximumPathByteCount = 512
    private static let maximumPairCount = 50

    /// Lower case.
    private var names: Set<String> = [
        "token", "access_token", "id_token", "resume", "key", "api_key", "apikey", "secret", "password", "session",
        "sid",
        "code", "jwt", "auth", "authorization",
    ]

    mutating func hideCredentials(of rules: AuthRules) {
        let places = rules.credentials.map(\.place) + [rules.resume?.source].compactMap(\.self)
        for case .query(let name) in places { self.names.insert(name.lowercased()) }
    }

    /// The query as it was sent, each secret value replaced, every other one cut after 64 bytes.
    func text(of query: QueryString) -> String {
        let pairs = query.raw.split(separator: "&")
        let told = pairs.prefix(Self.maximumPairCount).map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.cut(halves[0], after: Self.maximumValueByteCount)
            guard halves.count == 2 else { return self.looksSecret(halves[0]) ? Self.replacement : name }
            guard !self.isSecret(name: halves[0]), !self.looksSecret(halves[1]) else {
                return "\(name)=\(Self.replacement)"
            }
            return "\(name)=\(Self.cut(halves[1], after: Self.maximumValueByteCount))"
        }
        return (told + (pairs.count > Self.maximumPairCount ? ["..."] : [])).joined(separator: "&")
    }

    /// The path as it was sent, up to 512 bytes; the id of a session in it lets somebody in.
    static func path(_ raw: String) -> String {
        var segments = Self.cut(raw[...], after: Self.maximumPathByteCount)
            .split(separator: "/", omittingEmptySubsequences: false)
        for index in segments.indices.dropFirst() where PercentEncoding.decode(segments[index - 1]) == "sessions" {
            if !segments[index].isEmpty { segments[index] = Self.replacement[...] }
        }
        return segments.joined(separator: "/")
    }

    /// A name that cannot be read may be one of them.
    private func isSecret(name: Substring) -> Bool {
        guard let name = PercentEncoding.decode(name, plusIsSpace: true) else { return true }
        return self.names.contains(name.lowercased())
    }

    /// Tokens that somebody put into another place: the beginning of every JSON Web Token, and of signed ids.
    private func looksSecret(_ value: Substring) -> Bool {
        guard let value = PercentEncoding.decode(value, plusIsSpace: true) else { return true }
        return value.hasPrefix("eyJ") || value.hasPrefix("s:") || value.lowercased().hasPrefix("bearer ")
    }

    private static func cut(_ text: Substring, after count: Int) -> String {
        text.utf8.count <= count ? String(text) : String(decoding: text.utf8.prefix(count), as: UTF8.self) + "..."
    }
}
