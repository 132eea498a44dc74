// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Identity {
    /// Who a stored credential says its holder is.
    init(_ credential: StoredCredential) {
        self.init(user: credential.user)
        let content = try? JSONDocument(parsing: credential.content, maximumDepth: JSONDocument.deepestNesting).root
        self.name = content?["name"]?.string
        self.avatar = content?["avatar"]?.string
        self.roles = content?["roles"]?.elements.compactMap(\.string) ?? []
        self.claims = content?["claims"].flatMap {
            try? JSONDocument(parsing: Array($0.rawBytes), maximumDepth: JSONDocument.deepestNesting)
        }
        switch credential.kind {
        case .session:
            self.session = credential.key
            self.expiresAt = credential.expiresAt.milliseconds
            self.issuedAt = credential.createdAt.milliseconds
        case .connection: break
        case .resume:
            self.session = content?["session"]?.string
            self.expiresAt = content?["expiresAt"]?.int.map { Int64($0) }
            self.confirmedUntil = content?["confirmedUntil"]?.int.map { Int64($0) }
            self.issuedAt = content?["issuedAt"]?.int.map { Int64($0) }
            self.tokenID = content?["tokenID"]?.string
        case .user, .revokedToken, .revokedUser, .refresh: break
        }
    }

    /// As the content of a stored credential: what is known of the user and, for one-time tokens, what the earlier
    /// connection rested on.
    func content(of kind: StoredCredential.Kind) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let name {
            writer.key("name")
            writer.string(name)
        }
        if let avatar {
            writer.key("avatar")
            writer.string(avatar)
        }
        if !self.roles.isEmpty {
            writer.key("roles")
            writer.beginArray()
            for role in self.roles { writer.string(role) }
            writer.endArray()
        }
        if let claims {
            writer.key("claims")
            writer.raw(claims.root.rawBytes)
        }
        if kind == .resume { self.writeFoundation(to: &writer) }
        writer.endObject()
        return writer.bytes
    }

    private func writeFoundation(to writer: inout JSONWriter) {
        if let session {
            writer.key("session")
            writer.string(session)
        }
        if let tokenID {
            writer.key("tokenID")
            writer.string(tokenID)
        }
        let times = [
            ("expiresAt", self.expiresAt), ("confirmedUntil", self.confirmedUntil), ("issuedAt", self.issuedAt),
        ]
        for (key, value) in times {
            guard let value else { continue }
            writer.key(key)
            writer.int(Int(value))
        }
    }
}
