// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// The body that makes a session: `{user, expiresIn?, name?, avatar?, roles?, claims?}`.
struct SessionRequest {
    private static let keys = ["user", "expiresIn", "name", "avatar", "roles", "claims"]
    private static let maximumClaimsByteCount = 16 * 1024
    private static let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    private(set) var identity: Identity
    /// Milliseconds.
    private(set) var lifetime: Int64 = 24 * 3_600_000

    /// - Parameter takesLifetime: `expiresIn` may be there.
    init(reading node: JSONNode, takesLifetime: Bool = true) throws(RequestError) {
        try node.requireObject()
        guard let user = node["user"] else {
            throw RequestError(.invalidRequest, "\"user\" is missing", pointer: JSONPointer())
        }
        self.identity = Identity(user: UserID(try user.text("user")))
        for member in node.members {
            switch member.name {
            case "user": continue
            case "expiresIn" where takesLifetime: self.lifetime = try Self.lifetime(member.value)
            case "name": self.identity.name = try member.value.text("name")
            case "avatar": self.identity.avatar = try member.value.text("avatar", maximumByteCount: 2048)
            case "roles": self.identity.roles = try member.value.texts("roles")
            case "claims": self.identity.claims = try Self.claims(member.value)
            default: throw member.unknownError(known: Self.keys.filter { takesLifetime || $0 != "expiresIn" })
            }
        }
    }

    /// Whole seconds, or a number with its unit such as `8h`.
    private static func lifetime(_ node: JSONNode) throws(RequestError) -> Int64 {
        if let seconds = node.int, let lifetime = Self.product(Int64(seconds), 1000) { return lifetime }
        if let text = node.string, let unit = text.last.flatMap({ Self.units[$0] }),
            text.dropLast().utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let count = Int64(text.dropLast()), let lifetime = Self.product(count, unit)
        {
            return lifetime
        }
        throw RequestError(
            .invalidRequest, "must be a whole number of seconds above 0, or a text like \"30m\", \"8h\" or \"7d\"",
            pointer: JSONPointer().appending(key: "expiresIn"))
    }

    private static func product(_ count: Int64, _ unit: Int64) -> Int64? {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: unit)
        return !isTooLarge && (1...Platform.longestSession).contains(product) ? product : nil
    }

    private static func claims(_ node: JSONNode) throws(RequestError) -> JSONDocument {
        let pointer = JSONPointer().appending(key: "claims")
        guard node.kind == .object else {
            throw RequestError(.invalidRequest, "must be an object", pointer: pointer)
        }
        guard node.rawBytes.count <= Self.maximumClaimsByteCount, let claims = try? JSONDocument(parsing: node.rawBytes)
        else {
            throw RequestError(
                .invalidRequest, "must have \(Self.maximumClaimsByteCount) bytes at most", pointer: pointer)
        }
        return claims
    }
}
