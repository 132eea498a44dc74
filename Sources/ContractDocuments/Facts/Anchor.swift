// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The ids that links lead to: they depend on the name alone, so that a link holds when the contract grows.
enum Anchor {
    /// `event-order.created`. What is neither letter, digit nor one of `._:/*-` becomes `-`, and a number of the name is added then.
    static func id(_ kind: String, _ name: String) -> String {
        var isExact = true
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", ":", "/", "*": text.unicodeScalars.append(scalar)
            default:
                isExact = false
                if !text.hasSuffix("-") { text += "-" }
            }
        }
        return "\(kind)-\(text)" + (isExact ? "" : "-\(String(Self.number(name), radix: 36))")
    }

    /// FNV-1a, which every run computes alike.
    private static func number(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
