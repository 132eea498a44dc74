// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Decides whether a token is good: a compact JWS with JWT claims (RFC 7515, RFC 7519).
///
/// Accepts HS256, RS256 and ES256, each only with a key that is for it; `alg: none` in any case, `crit`, JWE and
/// everything that is not strict Base64url are refused. `exp` is required. The claims are read only after the
/// signature was found good.
///
/// Threads: any, at the same time. Nothing here suspends, so a handshake costs no task; cost is about that of the
/// cryptography. Once a second, the first call looks whether key files have changed.
package struct TokenVerifier: Sendable {
    private let ring: KeyRing
    private let requirements: TokenRequirements

    package init(ring: KeyRing, requirements: TokenRequirements = TokenRequirements()) {
        self.ring = ring
        self.requirements = requirements
    }

    /// Whether ``refreshKeys(now:completion:)`` may turn up keys that are not here now.
    package var canRefreshKeys: Bool { self.ring.canRefresh }

    /// Verifies a token, given as its text without a scheme such as `Bearer`.
    ///
    /// - Parameter now: the present, in seconds since 1970.
    package func verify(_ token: some StringProtocol, now: Int64) -> Result<VerifiedToken, TokenFault> {
        self.verify(bytes: token.utf8, now: now)
    }

    /// As ``verify(_:now:)``, of the text's bytes.
    package func verify(bytes: some Collection<UInt8>, now: Int64) -> Result<VerifiedToken, TokenFault> {
        let result = bytes.withContiguousStorageIfAvailable { self.verify(UnsafeRawBufferPointer($0), now: now) }
        if let result { return result }
        // One byte past the ceiling is enough to see that it is passed.
        return Array(bytes.prefix(self.requirements.maximumByteCount + 1)).withUnsafeBytes {
            self.verify($0, now: now)
        }
    }

    /// As ``verify(_:now:)``, and once more with fresh keys when the token names one that is not known here.
    ///
    /// - Parameter completion: runs exactly once: before this returns when the outcome is known by then, otherwise on
    ///   another thread within the fetch deadline. It must not block.
    package func verify(
        _ token: String, now: Int64, completion: @escaping @Sendable (Result<VerifiedToken, TokenFault>) -> Void
    ) {
        let result = self.verify(token, now: now)
        guard case .failure(let fault) = result, fault.code == .unknownKey, self.canRefreshKeys else {
            return completion(result)
        }
        self.refreshKeys(now: now) { isFresh in
            completion(isFresh ? self.verify(token, now: now) : result)
        }
    }

    /// Fetches keys anew from the configured addresses, at most once every ten seconds for all callers together, and
    /// less often while an address fails.
    ///
    /// - Parameter completion: gets true when there are newer keys than before the call, so that another try makes
    ///   sense; false at once when there is nothing to fetch from, when it is too soon, or when too many wait already.
    ///   Threads as with ``verify(_:now:completion:)``.
    package func refreshKeys(now: Int64, completion: @escaping @Sendable (Bool) -> Void) {
        self.ring.refresh(now: now, completion: completion)
    }

    private func verify(_ text: UnsafeRawBufferPointer, now: Int64) -> Result<VerifiedToken, TokenFault> {
        do throws(TokenFault) {
            guard !text.isEmpty else { throw .missing }
            guard text.count <= self.requirements.maximumByteCount else { throw .tooLarge }
            let token = try CompactToken(text)
            try self.checkSignature(of: token, now: now)
            let verified = try VerifiedToken(claims: token.claims())
            try self.requirements.check(verified, now: now)
            return .success(verified)
        } catch {
            return .failure(error)
        }
    }

    private func checkSignature(of token: CompactToken, now: Int64) throws(TokenFault) {
        // Secrets are never taken from an address, so there fetching helps only public keys.
        let isFetchable = self.ring.canRefresh && token.header.algorithm != .hs256
        switch self.ring.keys(now: now).check(token) {
        case .signed: return
        case .notSigned: throw .badSignature
        case .nameUnknown: throw .unknownKey
        case .nameUnknownAndNamelessFailed: throw isFetchable ? .unknownKey : .badSignature
        case .noKeyForAlgorithm: throw isFetchable ? .unknownKey : .unsupportedAlgorithm
        }
    }
}
