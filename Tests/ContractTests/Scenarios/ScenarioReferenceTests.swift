// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Testing

/// Compares `docs/testing.md` with what the reader of scenarios knows.
@Suite struct ScenarioReferenceTests {
    private static let text: String = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/testing.md").standardizedFileURL
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    /// The first cells, without their backquotes, of the tables headed `key`.
    private static var keys: Set<String> {
        var keys: Set<String> = []
        var isInside = false
        for line in Self.text.components(separatedBy: "\n") {
            guard line.hasPrefix("|") else {
                isInside = false
                continue
            }
            let cell = line.dropFirst().prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces)
            if cell == "key" { isInside = true }
            if isInside, cell.hasPrefix("`") { keys.insert(cell.trimmingCharacters(in: ["`"])) }
        }
        return keys
    }

    @Test func `every key that scenarios may have is in the guide, and no other`() {
        let known = Set(ScenarioKeys.all.flatMap { set in set.keys.map(set.path(of:)) })
        #expect(Self.keys.subtracting(known).sorted() == [])
        #expect(known.subtracting(Self.keys).sorted() == [])
    }
}
