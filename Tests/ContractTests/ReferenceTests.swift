// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Testing

/// Compares `docs/contract-reference.md` with what the loader knows.
@Suite struct ReferenceTests {
    private static let text: String = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/contract-reference.md").standardizedFileURL
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    /// The first cells, without their backquotes, of every table whose first heading is the given one.
    private static func firstCells(ofTablesHeaded heading: String, in text: some StringProtocol) -> Set<String> {
        var cells: Set<String> = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInside = false
                continue
            }
            let cell = line.dropFirst().prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces)
            if cell == heading { isInside = true }
            if isInside, cell.hasPrefix("`") {
                cells.insert(cell.trimmingCharacters(in: CharacterSet(charactersIn: "`")))
            }
        }
        return cells
    }

    @Test func `every key that the loader knows is on the page, and no other`() {
        let parts = Self.text.components(separatedBy: "## Not in this version")
        #expect(parts.count == 2)
        var keys: Set<String> = []
        var unavailable: Set<String> = []
        for set in ContractKeys.all {
            keys.formUnion(set.keys.map(set.path(of:)))
            unavailable.formUnion(set.unavailable.map(set.path(of:)))
        }
        #expect(Self.firstCells(ofTablesHeaded: "key", in: parts[0]) == keys)
        #expect(Self.firstCells(ofTablesHeaded: "key", in: parts.last ?? "") == unavailable)
    }

    @Test func `every error code is on the page, and no other`() {
        let codes = Set(RequestError.Code.all.map(\.rawValue))
        #expect(Self.firstCells(ofTablesHeaded: "code", in: Self.text) == codes)
    }

    /// The page's examples: whole contracts, and parts that stand for the same keys of ``SmallContract``.
    static let examples: [String] = {
        Self.text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }()

    @Test func `the page has an example of every section`() {
        #expect(Self.examples.count >= 10)
    }

    @Test(arguments: ReferenceTests.examples)
    func `an example of the page is a right contract`(example: String) {
        let text = example.hasPrefix("contract:") ? example : example + Self.rest(besides: example)
        let outcome = ContractLoader(environment: ["SHOP_JWT_SECRET": "s"]).outcome(of: text, file: "c.yaml")
        #expect(outcome.faults.filter { $0.severity == .error }.isEmpty, "\(outcome.faults)")
        #expect(outcome.definition != nil)
    }

    /// The top-level keys of the small contract that the example does not have.
    private static func rest(besides example: String) -> String {
        var rest = ""
        var isKept = true
        for line in SmallContract.text.split(separator: "\n") {
            if !line.hasPrefix(" ") {
                let key = line.prefix { $0 != ":" }
                isKept = !("\n" + example).contains("\n\(key):")
            }
            if isKept { rest += line + "\n" }
        }
        return rest
    }
}
