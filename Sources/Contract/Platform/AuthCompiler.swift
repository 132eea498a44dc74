// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Reads `auth:`.
struct AuthCompiler {
    /// Paths in the contract are relative to its folder.
    let folder: URL
    let isProduction: Bool
    let listeners: ListenerKinds
    let faults: FaultCollector

    /// - Parameter root: the contract, whose place stands for a missing `auth:`.
    func rules(_ node: DocumentNode?, root: DocumentNode) -> AuthRules {
        var rules = AuthRules()
        guard let node else {
            self.faults.error(
                "\"auth\" is missing", at: root.location,
                hint: "say where tokens and keys come from, or write auth: { mode: none } to let everybody in")
            return rules
        }
        rules.location = node.location
        guard let map = MapReader(node, ContractKeys.auth, what: "auth", self.faults) else { return rules }
        let modeIsKnown = self.readMode(map, into: &rules)
        let words = AuthRules.Users.allCases.map(\.rawValue)
        rules.users = map["users"]?.word("\"users\"", among: words, self.faults).flatMap(AuthRules.Users.init) ?? .any
        let credentials = CredentialCompiler(
            isProduction: self.isProduction, hasSocketIO: self.listeners.hasSocketIO, faults: self.faults)
        rules.credentials = map["tokens"].map { $0.elements.compactMap(credentials.source) } ?? []
        // Nobody looks at them, so that whatever is wrong with them does not matter either.
        let keyFaults = rules.mode == .none ? FaultCollector() : self.faults
        let errorCount = keyFaults.errorCount
        let keys = KeyCompiler(folder: self.folder, isProduction: self.isProduction, faults: keyFaults)
        rules.keys = map["keys"].map { $0.elements.flatMap(keys.keys) } ?? []
        let keysAreFaulty = keyFaults.errorCount > errorCount || map["keys"].map(Self.hasFaultyValue) == true
        rules.sessions = credentials.sessions(map["sessions"], isIgnored: rules.mode == .none)
        if let timeout = map["timeout"]?.duration("\"timeout\"", self.faults) { rules.timeout = timeout }
        rules.firstMessage = map["message"].flatMap { credentials.firstMessage($0, rules.credentials) }
        rules.resume = map["resume"].flatMap(credentials.resume)
        rules.trust =
            map["trust"].map(NetworkCompiler(isProduction: self.isProduction, faults: self.faults).networks) ?? []
        self.readUser(map["user"], into: &rules)
        rules.issuer = map["issuer"]?.nonEmptyText("\"issuer\"", self.faults)
        rules.audience = map["audience"]?.nonEmptyText("\"audience\"", self.faults)
        if let leeway = map["leeway"]?.duration("\"leeway\"", allowsZero: true, self.faults) {
            if leeway % 1000 != 0 || leeway > 600_000, let value = map["leeway"] {
                self.faults.error("\"leeway\" must be whole seconds, at most 10m", at: value.location)
            }
            rules.leeway = leeway / 1000
        }
        if let word = map["onExpiry"]?.word("\"onExpiry\"", among: ["close", "keep"], self.faults) {
            rules.onExpiry = word == "keep" ? .keep : .close
        }
        rules.expiryNotice = map["expiry"].flatMap { self.expiryNotice($0, map, onExpiry: rules.onExpiry) }
        self.readIssue(map["issue"], into: &rules)
        if modeIsKnown && rules.mode != .none { self.checkComplete(map, rules, keysAreFaulty: keysAreFaulty) }
        return rules
    }

    /// `mode`, or `required` as a shorter way to write two of its values.
    ///
    /// - Returns: `false` after a fault that leaves open which mode is meant.
    private func readMode(_ map: MapReader, into rules: inout AuthRules) -> Bool {
        if let node = map["mode"] {
            if map["required"] != nil {
                self.faults.error(
                    "\"mode\" says it already", at: map.keyLocation("required"), hint: "leave out required")
            }
            let words = AuthRules.Mode.allCases.map(\.rawValue)
            guard let mode = node.word("\"mode\"", among: words, self.faults).flatMap(AuthRules.Mode.init) else {
                return false
            }
            rules.mode = mode
        } else if let value = map["required"]?.bool("\"required\"", self.faults) {
            rules.mode = value ? .required : .optional
        }
        return true
    }

    private func checkComplete(_ map: MapReader, _ rules: AuthRules, keysAreFaulty: Bool) {
        if map["tokens"] == nil && (rules.mode == .required || map["keys"] != nil) {
            self.faults.error(
                "\"tokens\" is missing, so nobody can show who they are", at: map.node.location,
                hint: "write tokens: [ { jwt: query.token } ], or header.authorization, or cookie.NAME")
        }
        let needsNoKeys = !rules.credentials.isEmpty && rules.credentials.allSatisfy { $0.kind == .session }
        if rules.keys.isEmpty && !keysAreFaulty && !needsNoKeys && (rules.mode == .required || map["tokens"] != nil) {
            self.faults.error(
                "there is no key to check tokens with", at: map["keys"]?.location ?? map.node.location,
                hint:
                    "write keys: { secret: ${SECRET} }, or publicKeyFile, or jwks; a variable that is set but empty gives none"
            )
        }
        if map["sessions"] != nil, map["tokens"] != nil, !rules.credentials.contains(where: { $0.kind == .session }) {
            self.faults.warning(
                "no token is a session, so nobody looks at \"sessions\"", at: map.keyLocation("sessions"),
                hint: "write tokens: [ { session: cookie.NAME } ]")
        }
    }

    private static func hasFaultyValue(_ keys: DocumentNode) -> Bool {
        keys.isFaulty
            || keys.elements.contains { key in
                guard case .map(let entries) = key.value else { return key.isFaulty }
                return entries.contains { $0.value.isFaulty }
            }
    }

    private func readUser(_ node: DocumentNode?, into rules: inout AuthRules) {
        guard let node, let map = MapReader(node, ContractKeys.user, what: "auth.user", self.faults) else { return }
        func claims(_ key: String, _ standard: [String]) -> [String] {
            guard let value = map[key] else { return standard }
            let names = value.elements.compactMap { $0.nonEmptyText("a claim's name", self.faults) }
            if names.isEmpty, key == "id" {
                self.faults.error("\"id\" needs at least one claim", at: value.location, hint: "write id: sub")
            }
            return names
        }
        rules.userClaims = claims("id", rules.userClaims)
        rules.roleClaims = claims("roles", rules.roleClaims)
        rules.nameClaims = claims("name", rules.nameClaims)
        rules.avatarClaims = claims("avatar", rules.avatarClaims)
    }
}
