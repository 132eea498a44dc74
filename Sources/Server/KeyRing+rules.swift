// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime
import Tokens

extension KeyRing {
    /// The keys that a contract names. Files are read now; addresses are asked later.
    convenience init(
        _ rules: AuthRules,
        platform: String,
        now: Int64,
        fetcher: any KeyFetcher,
        report: @escaping @Sendable (KeyFault) -> Void
    ) throws(ServerError) {
        do throws(KeyFault) {
            var sources: [KeySource] = []
            for key in rules.keys { sources.append(try Self.source(key, fetcher)) }
            try self.init(sources, now: now, report: report)
        } catch {
            let place = rules.location.map { "\($0): " } ?? ""
            throw ServerError("\(place)error: a key of platform \"\(platform)\" cannot be used: \(error)")
        }
    }

    private static func source(_ key: AuthRules.Key, _ fetcher: any KeyFetcher) throws(KeyFault) -> KeySource {
        switch key {
        case .secret(let secret): return .keys([try .secret(Array(secret.utf8))])
        case .publicKey(let pem): return .keys([try .publicKey(pem: pem)])
        case .publicKeyFile(let path): return .keys([try .publicKey(pem: try Self.text(of: path))])
        case .jwksFile(let path): return .file(path)
        case .jwksURL(let address, let refresh):
            return try .address(address, interval: .milliseconds(refresh), fetcher: fetcher)
        }
    }

    private static func text(of path: String) throws(KeyFault) -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw KeyFault(.unreadable, "the file \"\(path)\" cannot be read")
        }
    }
}
