// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant. Here, as everything that reads what people write stands on this module.
package enum Spelling {
    /// Case counts for nothing, and of long words only the first 64 bytes are compared.
    ///
    /// - Returns: the known word with the fewest differences, when they are few for its length.
    package static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let folded = Array(word.lowercased().utf8.prefix(64))
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = self.distance(folded, Array(candidate.lowercased().utf8.prefix(64)))
            // A third of the letters may be wrong: more would suggest words that have nothing in common.
            guard distance <= max(1, min(folded.count, candidate.utf8.count) / 3) else { continue }
            if let found = best, (found.distance, found.word) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// What a message about an unknown word ends with: `; did you mean "order.paid"?`, or nothing.
    package static func question(for word: String, among known: some Sequence<String>) -> String {
        self.suggestion(for: word, among: known).map { "; \($0)" } ?? ""
    }

    /// A hint by itself: `did you mean "order.paid"?`, or `nil`.
    package static func suggestion(for word: String, among known: some Sequence<String>) -> String? {
        self.nearest(to: word, among: known).map { "did you mean \"\($0)\"?" }
    }

    /// A hint that helps in any case: `did you mean "a"?`, else `known here: a, b`; `nil` when nothing is known.
    package static func hint(for word: String, among known: [String]) -> String? {
        if let suggestion = self.suggestion(for: word, among: known) { return suggestion }
        return known.isEmpty ? nil : "known here: \(known.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, beforeLast[j - 1] + 1) }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
