// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Realtime

/// A request's query, checked: every name known, none twice, none broken.
struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ query: QueryString, names: [String]) throws(APIError) {
        guard !query.raw.isEmpty else {
            self.pairs = []
            return
        }
        let pairs = query.pairs
        guard pairs.count == query.raw.split(separator: "&").count else {
            throw Self.error("the query's percent-encoding is broken")
        }
        for (index, pair) in pairs.enumerated() {
            guard names.contains(pair.name) else {
                let known = names.isEmpty ? "it takes none" : "it takes \(names.joined(separator: ", "))"
                throw Self.error("the path has no query parameter \"\(pair.name)\"; \(known)")
            }
            guard !pairs[..<index].contains(where: { $0.name == pair.name }) else {
                throw Self.error("the query parameter \"\(pair.name)\" was given twice")
            }
        }
        self.pairs = pairs
    }

    func text(_ name: String) -> String? { self.pairs.first { $0.name == name }?.value }

    /// A whole number in decimal digits, without a sign.
    func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = self.text(name) else { return nil }
        let isDigits = !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard isDigits, let number = Int(text), range.contains(number) else {
            throw Self.error("\"\(name)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// How many items the answer may have at most.
    func limit(default count: Int) throws(APIError) -> Int {
        try self.number("limit", in: 1...Self.maximumLimit) ?? count
    }

    static let maximumLimit = 1000

    private static func error(_ message: String) -> APIError {
        APIError(RequestError(.invalidQuery, message))
    }
}
