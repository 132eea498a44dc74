// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// A limit as the contract writes it: `60/min per connection`, `5 per user`, `10/min`.
struct RateText {
    static let hint = "write it like 60/min per connection, with s, min or h"
    static let largestCount = 1_000_000
    private static let windows: [String: Int64] = ["s": 1000, "min": 60_000, "h": 3_600_000]

    var count: Int
    /// Milliseconds; `nil`: no time is written.
    var window: Int64?
    /// What stands behind `per`.
    var scope: String?

    /// - Returns: `nil` when the text is no limit; what its numbers and words are worth is not looked at.
    init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        let rate = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let number = rate.first, let count = Int(number), number.utf8.allSatisfy({ $0 != 0x2B }) else {
            return nil
        }
        self.count = count
        switch rate.count {
        case 1: self.window = nil
        case 2:
            guard let window = Self.windows[rate[1]] else { return nil }
            self.window = window
        default: return nil
        }
        switch parts.count {
        case 1: self.scope = nil
        case 3 where parts[1] == "per": self.scope = parts[2]
        default: return nil
        }
    }
}
