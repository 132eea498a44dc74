// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Testing

@Suite struct AuthCompilerTests {
    @Test func `everything about tokens can be said`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("contract-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("keys"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in ["keys/a.pem", "keys.json"] { try Data("{}".utf8).write(to: folder.appendingPathComponent(file)) }
        let text = """
            contract: shop
            listen: { port: 1, websocket: /ws }
            channels: {}
            auth:
              tokens: [ { jwt: query.token }, { jwt: header.authorization }, { jwt: cookie.session } ]
              keys:
                - { secret: s1, publicKeyFile: keys/a.pem }
                - { jwks: ./keys.json }
                - { jwks: "http://id.example/keys", refresh: 1m }
                - publicKey: |
                    -----BEGIN PUBLIC KEY-----
                    AAAA
                    -----END PUBLIC KEY-----
              user: { id: [ sub, did ], name: nick, avatar: [], roles: role }
              issuer: https://id.example
              audience: shop
              leeway: 0s
              onExpiry: keep
              issue: { access: 10m, refresh: 7d }
            """
        let file = folder.appendingPathComponent("c.yaml").path
        let outcome = ContractLoader(environment: [:]).outcome(of: text, file: file)
        let auth = try #require(outcome.definition?.auth, "\(outcome.faults)")
        #expect(auth.mode == .required)
        #expect(auth.credentials.map(\.place) == [.query("token"), .header("authorization"), .cookie("session")])
        #expect(
            auth.keys == [
                .secret("s1"), .publicKeyFile("\(folder.path)/keys/a.pem"), .jwksFile("\(folder.path)/keys.json"),
                .jwksURL("http://id.example/keys", refresh: 60_000),
                .publicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
            ])
        #expect(auth.userClaims == ["sub", "did"])
        #expect(auth.nameClaims == ["nick"])
        #expect(auth.avatarClaims == [])
        #expect(auth.roleClaims == ["role"])
        #expect(auth.issue.access == 600_000 && auth.issue.refresh == 604_800_000)
        #expect(auth.issuer == "https://id.example")
        #expect(auth.audience == "shop")
        #expect(auth.leeway == 0)
        #expect(auth.onExpiry == .keep)
    }
}
