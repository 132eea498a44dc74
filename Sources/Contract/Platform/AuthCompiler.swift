// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Reads `auth:`.
struct AuthCompiler {
    /// Paths in the contract are relative to its folder.
    let folder: URL
    let isProduction: Bool
    let faults: FaultCollector

    /// - Parameter root: the contract, whose place stands for a missing `auth:`.
    func rules(_ node: DocumentNode?, root: DocumentNode) -> AuthRules {
        var rules = AuthRules()
        guard let node else {
            self.faults.error(
                "\"auth\" is missing", at: root.location,
                hint: "say where tokens and keys come from, or write auth: { required: false } to let everybody in")
            return rules
        }
        rules.location = node.location
        guard let map = MapReader(node, ContractKeys.auth, what: "auth", self.faults) else { return rules }
        if let value = map["required"]?.bool("\"required\"", self.faults) { rules.mode = value ? .required : .optional }
        rules.credentials = (map["tokens"].map { $0.elements.compactMap(self.token) } ?? []).map { .init(.jwt, $0) }
        let errorCount = self.faults.errorCount
        rules.keys = map["keys"].map { $0.elements.flatMap(self.keys) } ?? []
        let keysAreFaulty = self.faults.errorCount > errorCount || map["keys"].map(Self.hasFaultyValue) == true
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
        self.checkComplete(map, rules, keysAreFaulty: keysAreFaulty)
        return rules
    }

    private func checkComplete(_ map: MapReader, _ rules: AuthRules, keysAreFaulty: Bool) {
        if map["tokens"] == nil && (rules.mode == .required || map["keys"] != nil) {
            self.faults.error(
                "\"tokens\" is missing, so nobody can show who they are", at: map.node.location,
                hint: "write tokens: [ { jwt: query.token } ], or header.authorization, or cookie.NAME")
        }
        if rules.keys.isEmpty && !keysAreFaulty && (rules.mode == .required || map["tokens"] != nil) {
            self.faults.error(
                "there is no key to check tokens with", at: map["keys"]?.location ?? map.node.location,
                hint:
                    "write keys: { secret: ${SECRET} }, or publicKeyFile, or jwks; a variable that is set but empty gives none"
            )
        }
    }

    private static func hasFaultyValue(_ keys: DocumentNode) -> Bool {
        keys.isFaulty
            || keys.elements.contains { key in
                guard case .map(let entries) = key.value else { return key.isFaulty }
                return entries.contains { $0.value.isFaulty }
            }
    }

    private func token(_ node: DocumentNode) -> AuthRules.TokenSource? {
        guard let map = MapReader(node, ContractKeys.token, what: "a token", self.faults),
            let value = map.required("jwt"), let text = value.nonEmptyText("\"jwt\"", self.faults)
        else { return nil }
        let kind = text.prefix { $0 != "." }
        let name = String(text.dropFirst(kind.count + 1))
        let isName =
            !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
        switch (kind, isName) {
        case ("query", true): return .query(name)
        case ("header", true): return .header(name)
        case ("cookie", true): return .cookie(name)
        case ("auth", _):
            self.faults.error("a token in the Socket.IO handshake is not available in this version", at: value.location)
        default:
            self.faults.error(
                "\"\(text)\" is no place for a token", at: value.location,
                hint: "write query.NAME, header.NAME or cookie.NAME")
        }
        return nil
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

    // MARK: Keys

    private func keys(_ node: DocumentNode) -> [AuthRules.Key] {
        guard let map = MapReader(node, ContractKeys.key, what: "a key", self.faults) else { return [] }
        var keys: [AuthRules.Key] = []
        if let value = map["secret"], !self.isLeftOut(value) { keys += self.secret(value) }
        if let value = map["publicKey"], !self.isLeftOut(value) { keys += self.publicKey(value) }
        if let value = map["publicKeyFile"], !self.isLeftOut(value),
            let path = value.nonEmptyText("\"publicKeyFile\"", self.faults), let file = self.file(path, at: value)
        {
            keys.append(.publicKeyFile(file))
        }
        if let value = map["jwks"], !self.isLeftOut(value) {
            keys += self.keySet(value, refresh: map["refresh"])
        } else if let refresh = map["refresh"], map["jwks"] == nil {
            self.faults.error("\"refresh\" belongs to \"jwks\"", at: refresh.location)
        }
        if !["secret", "publicKey", "publicKeyFile", "jwks"].contains(where: { map[$0] != nil }) {
            self.faults.error(
                "a key needs secret, publicKey, publicKeyFile or jwks", at: node.location)
        }
        return keys
    }

    /// A variable that is set to nothing, or whose default is nothing, leaves its key out.
    private func isLeftOut(_ node: DocumentNode) -> Bool { node.origin != .file && node.raw?.isEmpty == true }

    private func secret(_ node: DocumentNode) -> [AuthRules.Key] {
        guard let secret = node.nonEmptyText("\"secret\"", self.faults) else { return [] }
        if self.isProduction && node.origin != .variable {
            self.faults.error(
                "a secret must not be written in the contract in production mode", at: node.location,
                hint: "write secret: ${NAME} and set the variable NAME in the server's environment")
        }
        return [.secret(secret)]
    }

    private func publicKey(_ node: DocumentNode) -> [AuthRules.Key] {
        guard let text = node.nonEmptyText("\"publicKey\"", self.faults) else { return [] }
        guard text.contains("-----BEGIN PUBLIC KEY-----"), !text.contains("PRIVATE KEY") else {
            self.faults.error(
                "\"publicKey\" must be a PEM text that begins with -----BEGIN PUBLIC KEY-----", at: node.location,
                hint: text.contains("PRIVATE KEY")
                    ? "this is a private key; keep it where tokens are made" : "write it after publicKey: |")
            return []
        }
        return [.publicKey(text)]
    }

    private func keySet(_ node: DocumentNode, refresh: DocumentNode?) -> [AuthRules.Key] {
        let interval = refresh?.duration("\"refresh\"", self.faults)
        guard let text = node.nonEmptyText("\"jwks\"", self.faults) else { return [] }
        guard text.contains("://") else {
            if let refresh {
                self.faults.error(
                    "\"refresh\" is for key sets with an address", at: refresh.location,
                    hint: "leave it out: a file is read again whenever it changes")
            }
            return self.file(text, at: node).map { [.jwksFile($0)] } ?? []
        }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), let host = URL(string: text)?.host, !host.isEmpty
        else {
            self.faults.error(
                "\"\(text)\" is no address of a key set", at: node.location,
                hint: "write an http or https address, or the path of a file")
            return []
        }
        if let interval, interval < 10_000, let refresh {
            self.faults.error("\"refresh\" must be at least 10s", at: refresh.location)
        }
        return [.jwksURL(text, refresh: interval ?? 600_000)]
    }

    private func file(_ path: String, at node: DocumentNode) -> String? {
        let file = URL(fileURLWithPath: path, relativeTo: self.folder).standardizedFileURL.path
        guard FileManager.default.isReadableFile(atPath: file) else {
            self.faults.error(
                "the file \(file) cannot be read", at: node.location,
                hint: "paths are relative to the contract's folder")
            return nil
        }
        return file
    }
}
