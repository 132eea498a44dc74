// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

@Suite struct RemoteKeysTests {
    private let now = TestVerifier.now
    private let oldSet = TestVerifier.keySet(TestKeys.rsaJWK)
    private let newSet = TestVerifier.keySet(TestKeys.rsaJWK, TestKeys.ecJWK)

    private func makeRing(
        _ fetcher: HeldFetcher, interval: Duration = .seconds(600), reports: Collected<KeyFault> = Collected()
    ) throws -> KeyRing {
        let source = try KeySource.address(
            "https://me:secret@issuer.example/jwks?key=secret", interval: interval, fetcher: fetcher)
        return try KeyRing([source], now: self.now) { reports.append($0) }
    }

    @Test func `before the first fetch every public-key token is of an unknown key and no secret one is`() throws {
        let verifier = TokenVerifier(ring: try self.makeRing(HeldFetcher()))
        #expect(verifier.canRefreshKeys)
        #expect(verifier.verify(TestTokens.rs256, now: self.now).faultCode == .unknownKey)
        #expect(verifier.verify(TestTokens.rs256WithoutKeyID, now: self.now).faultCode == .unknownKey)
        #expect(verifier.verify(TestTokens.hs256, now: self.now).faultCode == .unsupportedAlgorithm)
    }

    @Test func `load brings the keys before the first token`() async throws {
        let fetcher = HeldFetcher(script: [self.newSet])
        let ring = try self.makeRing(fetcher)
        #expect(await ring.load(now: self.now))
        #expect(TokenVerifier(ring: ring).verify(TestTokens.rs256, now: self.now).isGood)
        #expect(fetcher.count == 1)
    }

    @Test func `a token of an unknown key is verified again when the keys came`() throws {
        let fetcher = HeldFetcher(script: [self.oldSet])
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        let answers = Collected<TokenFault.Code?>()
        verifier.verify(TestTokens.rs256, now: self.now) { answers.append($0.faultCode) }
        #expect(answers.all == [nil])

        // The issuer has a new key, and ten seconds are over.
        verifier.verify(TestTokens.es256, now: self.now + 10) { answers.append($0.faultCode) }
        #expect(answers.all == [nil])
        fetcher.answer(self.newSet)
        #expect(answers.all == [nil, nil])
        #expect(fetcher.count == 2)
        verifier.verify(TestTokens.es256, now: self.now + 11) { answers.append($0.faultCode) }
        #expect(answers.all == [nil, nil, nil])
        #expect(fetcher.count == 2)
    }

    @Test func `a token that newer keys cannot save is refused after one fetch`() throws {
        let fetcher = HeldFetcher(script: [self.oldSet, self.oldSet])
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        let answers = Collected<TokenFault.Code?>()
        verifier.verify(TestTokens.es256, now: self.now) { answers.append($0.faultCode) }
        #expect(answers.all == [.unknownKey])
        #expect(fetcher.count == 1)
    }

    @Test func `strangers' key names cause one fetch in ten seconds`() throws {
        let fetcher = HeldFetcher(script: Array(repeating: self.oldSet, count: 10))
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        let outcomes = Collected<Bool>()
        for second in 0..<30 as Range<Int64> {
            for _ in 0..<100 { verifier.refreshKeys(now: self.now + second) { outcomes.append($0) } }
        }
        #expect(fetcher.count == 3)
        #expect(outcomes.all.count == 3_000)
        #expect(outcomes.all.filter { $0 }.count == 3)
    }

    @Test func `while fetches fail, tokens cause fewer of them, and the usual number after one that is good`() throws {
        let fetcher = HeldFetcher(script: [nil, nil, nil, nil, nil, self.oldSet, self.oldSet])
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        var seconds: [Int64] = []
        for second in 0..<260 as Range<Int64> {
            let before = fetcher.count
            verifier.refreshKeys(now: self.now + second) { _ in }
            if fetcher.count > before { seconds.append(second) }
            if fetcher.count == 7 { break }
        }
        #expect(seconds == [0, 10, 30, 70, 130, 190, 200])
    }

    @Test func `a clock set back does not stop fetching`() throws {
        let fetcher = HeldFetcher(script: [self.oldSet, self.oldSet])
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        let outcomes = Collected<Bool>()
        verifier.refreshKeys(now: self.now) { outcomes.append($0) }
        verifier.refreshKeys(now: self.now - 86_400) { outcomes.append($0) }
        #expect(outcomes.all == [true, true])
    }

    @Test func `all who wait share one fetch, and past the limit nobody waits`() throws {
        let fetcher = HeldFetcher()
        let verifier = TokenVerifier(ring: try self.makeRing(fetcher))
        let outcomes = Collected<Bool>()
        for _ in 0..<(RemoteKeys.maximumWaiting + 5) { verifier.refreshKeys(now: self.now) { outcomes.append($0) } }
        #expect(outcomes.all == [Bool](repeating: false, count: 5))
        fetcher.answer(self.newSet)
        #expect(outcomes.all.filter { $0 }.count == RemoteKeys.maximumWaiting)
        #expect(outcomes.all.count == RemoteKeys.maximumWaiting + 5)
        #expect(fetcher.count == 1)
    }

    @Test(arguments: [
        (nil as String?, KeyFault.Code.unreadable), ("<html>sorry</html>", .malformed), (#"{"keys":[]}"#, .noUsableKey),
        (#"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH"}]}"#, .noUsableKey),
    ])
    func `after a fetch that failed the last good keys stay, and the fault names the address without secrets`(
        answer: String?, code: KeyFault.Code
    ) async throws {
        let fetcher = HeldFetcher(script: [self.oldSet, answer])
        let reports = Collected<KeyFault>()
        let ring = try self.makeRing(fetcher, reports: reports)
        #expect(await ring.load(now: self.now))
        #expect(await !ring.load(now: self.now))
        #expect(TokenVerifier(ring: ring).verify(TestTokens.rs256, now: self.now).isGood)
        #expect(reports.all.map(\.code) == [code])
        #expect(reports.all.first?.message.hasPrefix("https://issuer.example/jwks: ") == true)
        #expect(reports.all.first?.message.contains("secret@") == false)
    }

    @Test func `keys the issuer withdrew are out of force after the next fetch`() async throws {
        let ring = try self.makeRing(HeldFetcher(script: [self.newSet, TestVerifier.keySet(TestKeys.ecJWK)]))
        #expect(await ring.load(now: self.now))
        #expect(await ring.load(now: self.now))
        let verifier = TokenVerifier(ring: ring)
        #expect(verifier.verify(TestTokens.rs256, now: self.now).faultCode == .unknownKey)
        #expect(verifier.verify(TestTokens.es256, now: self.now).isGood)
    }

    @Test func `run fetches at each interval, and sooner after failures, up to the interval`() async throws {
        let fetcher = HeldFetcher(script: [self.oldSet, nil, nil, nil, nil, nil, self.oldSet, nil, self.oldSet])
        let ring = try self.makeRing(fetcher, interval: .seconds(60))
        #expect(await ring.load(now: self.now))
        let pauses = Collected<Duration>()
        await ring.run(now: { TestVerifier.now }) { duration in
            pauses.append(duration)
            if pauses.all.count == 9 { throw CancellationError() }
        }
        #expect(pauses.all == [60, 10, 20, 40, 60, 60, 60, 10, 60].map { .seconds($0) })
        #expect(fetcher.count == 9)
    }

    @Test func `run without keys asks again after ten seconds`() async throws {
        let fetcher = HeldFetcher(script: [nil, self.oldSet])
        let ring = try self.makeRing(fetcher)
        #expect(await !ring.load(now: self.now))
        let pauses = Collected<Duration>()
        await ring.run(now: { TestVerifier.now }) { duration in
            pauses.append(duration)
            if pauses.all.count == 2 { throw CancellationError() }
        }
        #expect(pauses.all == [.seconds(10), .seconds(600)])
        #expect(TokenVerifier(ring: ring).verify(TestTokens.rs256, now: self.now).isGood)
    }

    @Test func `a refresh of several addresses is told once, and well when one brought keys`() throws {
        let fetcher = HeldFetcher(script: [nil, self.oldSet])
        let ring = try KeyRing(
            [
                try .address("https://one.example/", fetcher: fetcher),
                try .address("https://two.example/", fetcher: fetcher),
            ], now: self.now)
        let outcomes = Collected<Bool>()
        TokenVerifier(ring: ring).refreshKeys(now: self.now) { outcomes.append($0) }
        #expect(outcomes.all == [true])
        #expect(fetcher.count == 2)
    }

    @Test func `a nameless key beside an address does not keep an unknown kid from a fetch`() throws {
        let other = try JSONWebKeys(
            parsing: Array(TestKeys.otherRSAJWK.replacing(#""kid":"rsa-2","#, with: "").utf8)
        ).keys
        let fetcher = HeldFetcher(script: [self.oldSet])
        let source = try KeySource.address("https://issuer.example/", fetcher: fetcher)
        let verifier = TokenVerifier(ring: try KeyRing([.keys(other), source], now: self.now))
        let answers = Collected<TokenFault.Code?>()
        verifier.verify(TestTokens.rs256, now: self.now) { answers.append($0.faultCode) }
        #expect(answers.all == [nil])
        #expect(fetcher.count == 1)
    }

    @Test func `tokens verify on many threads while keys are replaced`() async throws {
        let fetcher = HeldFetcher(script: Array(repeating: self.newSet, count: 50))
        let ring = try self.makeRing(fetcher)
        #expect(await ring.load(now: self.now))
        let verifier = TokenVerifier(ring: ring)
        let bad = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<100).filter { _ in !verifier.verify(TestTokens.es256, now: TestVerifier.now).isGood }.count
                }
            }
            group.addTask {
                for second in 1..<40 as Range<Int64> {
                    verifier.refreshKeys(now: TestVerifier.now + second * 10) { _ in }
                }
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(bad == 0)
        #expect(fetcher.count == 40)
    }
}
