// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Users as whom a page may connect to the mocked platforms, by platform: read of the pages' `users.json`.
///
/// `{"paychain": [{"user": "7", "name": "Dana, employer", "roles": [], "claims": {"user_type": "employer"}}]}`. In `user`,
/// `{new}` is something new each time, so that limits per user do not hold up who loads the page again.
struct DemoUsers: Sendable {
    struct User: Sendable {
        var template: String
        var name: String
        var roles: [String] = []
        /// As JSON texts.
        var claims: [(name: String, json: [UInt8])] = []

        /// The id for one page.
        func id() -> String {
            let number = String(UInt32.random(in: .min ... .max), radix: 36)
            return self.template.split(separator: "{new}", omittingEmptySubsequences: false).joined(separator: number)
        }
    }

    private var users: [String: [User]] = [:]

    /// - Parameter file: `nil`: only the users of the contracts' examples.
    init(_ file: [UInt8]?) throws(ServerError) {
        guard let file else { return }
        guard let document = try? JSONDocument(parsing: file), document.root.kind == .object else {
            throw ServerError("error: the pages' users.json is not a JSON object")
        }
        for platform in document.root.members {
            self.users[platform.name] = platform.value.elements.compactMap { Self.user($0) }
        }
    }

    private static func user(_ node: JSONNode) -> User? {
        guard node.kind == .object, let id = node["user"]?.string else { return nil }
        var user = User(template: id, name: node["name"]?.string ?? id)
        if let roles = node["roles"], roles.kind == .array { user.roles = roles.elements.compactMap(\.string) }
        if let claims = node["claims"], claims.kind == .object {
            user.claims = claims.members.map { (name: $0.name, json: Array($0.value.rawBytes)) }
        }
        return user
    }

    /// Those of the file; without any, those whom the contract's examples are about, three at most.
    func users(of definition: PlatformDefinition) -> [User] {
        self.users[definition.name]
            ?? ExamplePublications(definition).users.prefix(3).map { User(template: $0, name: $0) }
    }
}
