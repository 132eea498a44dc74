// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody probably meant to write.
enum NearestName {
    /// `did you mean "required"?`, when a candidate is near enough.
    static func hint(for name: String, among candidates: [String]) -> String? {
        let written = Array(name.lowercased().utf8.prefix(64))
        // A third of the letters may be wrong: more would suggest words that have nothing in common.
        let tolerance = max(1, written.count / 3)
        let nearest =
            candidates
            .map { (name: $0, distance: Self.distance(written, Array($0.lowercased().utf8))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= tolerance else { return nil }
        return "did you mean \"\(nearest.name)\"?"
    }

    /// Letters to insert, remove, replace, or swap with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
