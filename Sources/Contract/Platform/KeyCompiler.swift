// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Reads `auth.keys`.
struct KeyCompiler {
    /// Paths in the contract are relative to its folder.
    let folder: URL
    let isProduction: Bool
    let faults: FaultCollector

    func keys(_ node: DocumentNode) -> [AuthRules.Key] {
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
    private func isLeftOut(_ node: DocumentNode) -> Bool { node.isEmptyVariable }

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
        guard
            let address = node.address(
                "\"jwks\"", example: "https://id.example/keys; a key set of your own may be a file's path", self.faults)
        else { return [] }
        if let interval, interval < 10_000, let refresh {
            self.faults.error("\"refresh\" must be at least 10s", at: refresh.location)
        }
        return [.jwksURL(address, refresh: interval ?? 600_000)]
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
