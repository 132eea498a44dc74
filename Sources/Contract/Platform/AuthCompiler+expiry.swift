// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension AuthCompiler {
    /// Reads `auth: expiry:`, how a client is told that its token has expired.
    func expiryNotice(
        _ node: DocumentNode, _ auth: MapReader, onExpiry: AuthRules.Expiry
    ) -> AuthRules.ExpiryNotice? {
        guard let map = MapReader(node, ContractKeys.expiry, what: "auth.expiry", self.faults) else { return nil }
        if onExpiry == .keep {
            self.faults.error(
                "no connection ends with its token: onExpiry is keep", at: auth.keyLocation("expiry"),
                hint: "leave out onExpiry, or expiry")
        }
        let grace = map.required("grace", hint: "how long the connection stays, such as grace: 5s")?
            .duration("\"grace\"", allowsZero: true, self.faults)
        for key in ["emit", "revoked"] where map[key] != nil {
            self.listeners.requireSocketIO(map, key, self.faults)
            ReservedEvents.check(map[key], self.faults)
        }
        let context = TemplateContext(name: "an event of \"expiry\"", roots: [.user, .connection, .now])
        let compiler = TemplateCompiler(context: context, faults: self.faults)
        let emits = ["emit", "revoked"].map { key in
            (map[key]?.entries("\"\(key)\"", self.faults) ?? []).map { entry in
                (event: entry.key, data: compiler.template(entry.value))
            }
        }
        return grace.map { AuthRules.ExpiryNotice(grace: $0, emits: emits[0], revokedEmits: emits[1]) }
    }

    /// Reads `auth: issue:`, how long tokens hold that this server makes.
    func readIssue(_ node: DocumentNode?, into rules: inout AuthRules) {
        guard let node, let map = MapReader(node, ContractKeys.issue, what: "auth.issue", self.faults) else { return }
        if let access = map["access"]?.duration("\"access\"", self.faults) {
            if access < 1000 || access % 1000 != 0, let node = map["access"] {
                self.faults.error("\"access\" must be whole seconds", at: node.location)
            }
            rules.issue.access = access
        }
        if let refresh = map["refresh"]?.duration("\"refresh\"", self.faults) { rules.issue.refresh = refresh }
    }
}
