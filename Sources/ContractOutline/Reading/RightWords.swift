// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// A right in words.
enum RightWords {
    static func text(_ rule: SubscribeRule) -> String {
        switch rule.kind {
        case .everyone: "everyone"
        case .member: "members of the channel"
        case .memberOf(let channel): "members of \(channel)"
        case .user(let name): "the user \(name)"
        case .role(let role): "users with the role \(role)"
        case .claims(let claims):
            "users whose token has "
                + claims.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.joined(separator: " or "))" }
                .joined(separator: " and ")
        case .mode(let mode): "everyone, while authentication is \(mode.rawValue)"
        case .ask: "users whom the platform's backend lets in when it is asked"
        }
    }
}
