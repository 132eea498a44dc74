// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How many things one answer may hold.
enum PageLimit {
    static let standard = 100
    static let largest = 1000

    /// - Parameter text: what the request says; `nil` or empty: nothing.
    static func read(_ text: String?) throws(RequestError) -> Int {
        guard let text, !text.isEmpty else { return Self.standard }
        guard let limit = Int(text), (1...Self.largest).contains(limit) else {
            throw RequestError(
                .invalidQuery, "a limit is a whole number from 1 to \(Self.largest), not \"\(text.prefix(40))\"")
        }
        return limit
    }
}
