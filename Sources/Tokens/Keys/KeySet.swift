// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The keys in force at one moment, sorted by what they are for. Immutable, so any thread may read it.
final class KeySet: Sendable {
    private let secrets: [TokenKey]
    private let rsa: [TokenKey]
    private let p256: [TokenKey]

    init(_ keys: [TokenKey]) {
        self.secrets = keys.filter { $0.algorithm == .hs256 }
        self.rsa = keys.filter { $0.algorithm == .rs256 }
        self.p256 = keys.filter { $0.algorithm == .es256 }
    }

    /// All keys for an algorithm, in the order of the configuration.
    func keys(for algorithm: TokenAlgorithm) -> [TokenKey] {
        switch algorithm {
        case .hs256: self.secrets
        case .rs256: self.rsa
        case .es256: self.p256
        }
    }

    /// Whether one of our keys signed the token.
    ///
    /// A token with a `kid` is tried with the keys of that name and with nameless ones; a token without is tried
    /// with all of its algorithm. That is at most ``JSONWebKeys/maximumCount`` tries a source.
    func check(_ token: CompactToken) -> Outcome {
        let keys = self.keys(for: token.header.algorithm)
        guard !keys.isEmpty else { return .noKeyForAlgorithm }
        var isNamed = false
        for key in keys {
            if let wanted = token.header.keyID, let id = key.id {
                guard wanted.isString(equalTo: id) else { continue }
                isNamed = true
            }
            if key.isValid(token.signature, for: token.signingInput) { return .signed }
        }
        guard token.header.keyID != nil, !isNamed else { return .notSigned }
        return keys.contains { $0.id == nil } ? .nameUnknownAndNamelessFailed : .nameUnknown
    }

    enum Outcome {
        case signed
        case notSigned
        case noKeyForAlgorithm
        /// No key has the token's `kid`, and there was no other to try.
        case nameUnknown
        /// No key has the token's `kid`; those without a name were tried in vain.
        case nameUnknownAndNamelessFailed
    }
}
