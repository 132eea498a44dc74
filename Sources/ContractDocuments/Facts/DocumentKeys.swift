// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Names of a contract as keys of AsyncAPI and OpenAPI: letters, digits, `_` and `-`, and no key twice.
struct DocumentKeys {
    private var used: Set<String>

    init(reserved: Set<String> = []) { self.used = reserved }

    /// `order_orderId` for `order:{orderId}`; with a number behind where that is taken.
    mutating func key(for name: String) -> String {
        var base = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_": base.unicodeScalars.append(scalar)
            case "{", "}": continue
            default: if !base.isEmpty, !base.hasSuffix("_") { base += "_" }
            }
        }
        while base.hasSuffix("_") { base.removeLast() }
        if base.isEmpty { base = "name" }
        var key = base
        var number = 2
        while !self.used.insert(key).inserted {
            key = "\(base)_\(number)"
            number += 1
        }
        return key
    }

    /// One for each name, in their order.
    mutating func keys(for names: [String]) -> [String: String] {
        var keys: [String: String] = [:]
        for name in names where keys[name] == nil { keys[name] = self.key(for: name) }
        return keys
    }
}
