// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Testing

@Suite struct MutationTests {
    /// SplitMix64: the same mutations in every run.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var value = self.state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let noise = Array("{}[]:,*&!|>?-#%@\"'`$~.\\ \n\t0a\u{85}é".unicodeScalars)
    private static let words = [
        "${X}", "${", "$${", "{x}", "{x?}", "{args.a[]}", "{{", "*orderId", "&orderId ", "<<: *paid", "null", "true",
        "1e9", "99999999999999999999",
        "!!str ", "$ref: \"#/schemas/Order\"", "\"#\"", "? ", "- ", "|\n", "---\n", "...\n", "%YAML 9\n", "7d", "-1s",
        "\u{0}", "\u{FEFF}",
    ]

    /// What may stand where another value was, so that the text stays YAML and what reads it is put to the test.
    private static let values = [
        "", "~", "{}", "[]", "[[]]", "[{}]", "{ a: b }", "-1", "0", "1.5", "1e400", "true", "yes", "\"\"", "\"{\"",
        "\"{}\"", "\"{a}\"",
        "\"{args[]}\"", "\"{user.id?}\"", "\"{{\"", "0s", "7d", "1GiB", "64KiB", "*orderId", "*paid", "everyone",
        "{ membersOf: global }",
        "{ $ref: \"#/schemas/Order\" }", "{ $ref: \"#\" }", "{ allOf: [ { $ref: \"#/schemas/Nope\" } ] }",
        "{ merge: 1, remove: true }",
    ]

    private static func mutate(_ text: [Unicode.Scalar], with chance: inout Chance) -> [Unicode.Scalar] {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &chance) {
            let place = Int.random(in: 0...text.count, using: &chance)
            let length = min(Int.random(in: 1...40, using: &chance), text.count - place)
            switch Int.random(in: 0..<10, using: &chance) {
            case 0: text.removeSubrange(place..<place + length)
            case 1: text.insert(Self.noise.randomElement(using: &chance) ?? " ", at: place)
            case 2: text.insert(contentsOf: (Self.words.randomElement(using: &chance) ?? "").unicodeScalars, at: place)
            case 3:
                text.insert(
                    contentsOf: text[place..<place + length], at: Int.random(in: 0...text.count, using: &chance))
            case 4 where place < text.count: text[place] = Self.noise.randomElement(using: &chance) ?? " "
            case 5: text.removeSubrange(place...)
            case 6...8:
                guard let colon = text[place...].firstIndex(of: ":") else { continue }
                let end = text[colon...].firstIndex(of: "\n") ?? text.count
                let value = Self.values.randomElement(using: &chance) ?? ""
                text.replaceSubrange(colon..<end, with: ": \(value)".unicodeScalars)
            default:
                // A whole line moves, which changes what it belongs to and often leaves YAML as it is.
                let start = text[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
                let end = text[place...].firstIndex(of: "\n").map { $0 + 1 } ?? text.count
                let line = Array(text[start..<end])
                text.removeSubrange(start..<end)
                let target = Int.random(in: 0...text.count, using: &chance)
                let lineStart = text[..<target].lastIndex(of: "\n").map { $0 + 1 } ?? 0
                text.insert(contentsOf: line, at: lineStart)
            }
            if text.isEmpty { return [" "] }
        }
        return text
    }

    /// The shipped contracts, and one with nearly every key.
    private static let texts: [String] = {
        let folder = URL(fileURLWithPath: ShippedContractTests.file).deletingLastPathComponent()
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.sorted().filter { $0.hasSuffix(".yaml") }.compactMap { file in
            try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        } + [FullContract.text]
    }()

    @Test(arguments: 0..<10)
    func `a hundred mutations of each contract compile or are refused, and never crash`(seed: Int) throws {
        let text = Array(Self.texts[seed % Self.texts.count].unicodeScalars)
        let loader = ContractLoader(environment: [:], generatedSecret: { _ in "s" })
        var chance = Chance(state: UInt64(seed))
        var refused = 0
        for _ in 0..<100 {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: Self.mutate(text, with: &chance))
            let mutated = String(view)
            let outcome = loader.outcome(of: mutated, file: "c.yaml")
            let hasError = outcome.faults.contains { $0.severity == .error }
            #expect((outcome.definition == nil) == hasError)
            #expect(outcome.faults == outcome.faults.sorted())
            if hasError { refused += 1 }
        }
        #expect(refused > 10)
    }
}
