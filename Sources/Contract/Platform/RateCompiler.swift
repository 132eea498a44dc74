// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads the limits on how much somebody may do: one, or a list of them for different scopes.
struct RateCompiler {
    let faults: FaultCollector

    /// Connections at once: `[ 5 per user, 100 per address ]`.
    func connections(_ node: DocumentNode, into rules: inout LimitRules) {
        for (rate, scope, location) in self.rates(node, "connections", scopes: [.user, .address]) {
            if rate.window != nil {
                self.faults.error(
                    "\"connections\" counts those at once, without a time", at: location,
                    hint: "write it like 5 per \(scope.rawValue); how often somebody may connect is \"attempts\"")
            }
            if scope == .user {
                rules.connectionsPerUser = rate.count
            } else {
                rules.connectionsPerAddress = rate.count
            }
        }
    }

    /// - Parameters:
    ///   - mayDelay: what is too much may wait.
    ///   - mayLast: a limit of a connection may be without a time, for as long as it lasts.
    func scopedRates(
        _ node: DocumentNode, _ key: String, scopes: [LimitRules.Scope], mayDelay: Bool = false, mayLast: Bool = false
    ) -> [LimitRules.ScopedRate] {
        self.rates(node, key, scopes: scopes, mayDelay: mayDelay).map { rate, scope, location in
            if rate.window == nil && !(mayLast && scope == .connection) {
                self.faults.error(
                    "\"\(key)\" per \(scope.rawValue) needs a time", at: location,
                    hint: "write it like 60/min per \(scope.rawValue), with s, min or h")
            }
            return LimitRules.ScopedRate(
                .init(count: rate.count, window: rate.window ?? 0), per: scope, exceeding: rate.exceeding,
                countsRefused: rate.countsRefused)
        }
    }

    /// A rate of each connection: `10/min`, or `10/min per connection`.
    func connectionRate(_ node: DocumentNode, _ key: String, isScopeWritten: Bool) -> LimitRules.Rate? {
        if node.isEmptyVariable { return nil }
        let what = "\"\(key)\""
        guard case .text(let text) = node.value, let rate = RateText(text), let window = rate.window,
            rate.scope != nil || !isScopeWritten
        else { return node.refuse(what, "a rate", self.faults, hint: RateText.hint) }
        guard self.checkCount(rate.count, what, at: node.location) else { return nil }
        if let scope = rate.scope {
            _ = self.scope(scope, key, among: [.connection], at: node.location)
        }
        return LimitRules.Rate(count: rate.count, window: window)
    }

    // MARK: Reading

    private struct Read {
        var count: Int
        var window: Int64?
        var exceeding = LimitRules.Exceeding.error
        var countsRefused = false
    }

    private func rates(
        _ node: DocumentNode, _ key: String, scopes: [LimitRules.Scope], mayDelay: Bool = false
    ) -> [(Read, LimitRules.Scope, SourceLocation)] {
        var rates: [(Read, LimitRules.Scope, SourceLocation)] = []
        for element in node.elements where !element.isEmptyVariable {
            guard let (rate, scope) = self.rate(element, key, scopes: scopes, mayDelay: mayDelay) else { continue }
            if let earlier = rates.first(where: { $0.1 == scope }) {
                self.faults.error(
                    "\"\(key)\" per \(scope.rawValue) stands already in line \(earlier.2.line)", at: element.location,
                    hint: "one limit for each of \(scopes.map(\.rawValue).joined(separator: ", "))")
                continue
            }
            rates.append((rate, scope, element.location))
        }
        return rates
    }

    private func rate(
        _ node: DocumentNode, _ key: String, scopes: [LimitRules.Scope], mayDelay: Bool
    ) -> (Read, LimitRules.Scope)? {
        var exceeding = LimitRules.Exceeding.error
        var counts: DocumentNode?
        var value = node
        if case .map = node.value {
            guard let map = MapReader(node, ContractKeys.rate, what: "a limit", self.faults),
                let rate = map.required("rate", hint: RateText.hint)
            else { return nil }
            value = rate
            counts = map["counts"]
            if let word = map["exceeded"] {
                exceeding = self.exceeding(word, key, mayDelay: mayDelay)
            }
        }
        guard case .text(let text) = value.value, let rate = RateText(text), let written = rate.scope else {
            return value.refuse(
                "\"\(key)\"", "a limit", self.faults,
                hint: key == "connections" ? "write it like 5 per user" : RateText.hint)
        }
        guard self.checkCount(rate.count, "\"\(key)\"", at: value.location),
            let scope = self.scope(written, key, among: scopes, at: value.location)
        else { return nil }
        let countsRefused = counts.map { self.countsRefused($0, key, scope) } ?? false
        return (
            Read(count: rate.count, window: rate.window, exceeding: exceeding, countsRefused: countsRefused), scope
        )
    }

    private func countsRefused(_ node: DocumentNode, _ key: String, _ scope: LimitRules.Scope) -> Bool {
        guard let word = node.word("\"counts\"", among: ["all", "refused"], self.faults) else { return false }
        if key != "attempts" || scope != .address {
            self.faults.error(
                "\"counts\" is for attempts per address", at: node.location,
                hint: "before it is known who somebody is, only the address can count: leave out counts")
        }
        return word == "refused"
    }

    private func exceeding(_ node: DocumentNode, _ key: String, mayDelay: Bool) -> LimitRules.Exceeding {
        let words = LimitRules.Exceeding.allCases.map(\.rawValue)
        guard let word = node.word("\"exceeded\"", among: words, self.faults) else { return .error }
        if word == "delay" && !mayDelay {
            self.faults.error(
                "\"\(key)\" cannot be delayed", at: node.location, hint: "only messages can: leave out exceeded")
        }
        return LimitRules.Exceeding(rawValue: word) ?? .error
    }

    private func checkCount(_ count: Int, _ what: String, at location: SourceLocation) -> Bool {
        guard count > 0 else {
            self.faults.error(
                "\(what) can never be met: it allows none", at: location, hint: "leave it out for no limit")
            return false
        }
        guard count <= RateText.largestCount else {
            self.faults.error(
                "\(what) must allow at most \(RateText.largestCount)", at: location, hint: "leave it out for no limit")
            return false
        }
        return true
    }

    private func scope(
        _ word: String, _ key: String, among scopes: [LimitRules.Scope], at location: SourceLocation
    ) -> LimitRules.Scope? {
        if let scope = LimitRules.Scope(rawValue: word), scopes.contains(scope) { return scope }
        let known = scopes.map { "per \($0.rawValue)" }
        self.faults.error(
            LimitRules.Scope(rawValue: word) == nil
                ? "\"\(key)\": unknown \"per \(word)\"" : "\"\(key)\" cannot be counted per \(word)",
            at: location, hint: Spelling.hint(for: "per \(word)", among: known))
        return nil
    }
}
