// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Contract
import Realtime
import Testing

@Suite struct DocumentReaderTests {
    @Test func `aliases and merge keys are followed, and a map's own keys win`() throws {
        let definition = try SmallContract.definition(
            adding: """
                errors:
                  forbidden: &basis { message: no, close: 4000 }
                  expired: *basis
                  conflict: { <<: *basis, close: 4001 }
                  tooSlow: { <<: [ { close: 4002 }, *basis ] }
                """)
        #expect(definition.errors[.expired].close?.rawValue == 4000)
        #expect(definition.errors[.conflict].close?.rawValue == 4001)
        #expect(definition.errors[.conflict].message == TextTemplate("no"))
        #expect(definition.errors[.tooSlow].close?.rawValue == 4002)
        #expect(definition.errors[.tooSlow].message == TextTemplate("no"))
    }

    @Test func `an anchor means the nearest one before the alias`() throws {
        let definition = try SmallContract.definition(
            adding: """
                title: &name first
                commandKey: *name
                errors: { forbidden: { message: &name second }, conflict: { message: *name } }
                """)
        #expect(definition.commandKey == "first")
        #expect(definition.errors[.conflict].message == TextTemplate("second"))
    }

    @Test func `words of YAML 1,1 are texts`() throws {
        let definition = try SmallContract.definition(adding: "title: off\ncommandKey: 2025-11-05T12:00:00Z")
        #expect(definition.title == "off")
        #expect(definition.commandKey == "2025-11-05T12:00:00Z")
    }

    @Test func `a star within a text is left alone`() throws {
        let definition = try SmallContract.definition(adding: "title: 2 * 3 = *six*\ncommandKey: \"*\"")
        #expect(definition.title == "2 * 3 = *six*")
        #expect(definition.commandKey == "*")
    }

    @Test func `places count characters, not bytes, and stand behind variables and stars unmoved`() throws {
        let outcome = SmallContract.outcome(adding: "limits: { message: \"é*\", queue: \"${X:-äö}\", nope: 1 }")
        #expect(outcome.faults.map(\.location.column) == [20, 33, 45])
    }

    @Test func `aliases that unfold without bounds are refused`() {
        var text = "title: t\nerrors:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "  a\(level): &a\(level) [\(aliases)]\n"
        }
        let faults = SmallContract.outcome(adding: text).faults
        #expect(faults.contains { $0.message == "the file unfolds to more than 100000 values" })
    }

    @Test func `aliases that nest without bounds are refused`() {
        var text = "schemas:\n  a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n"
        for level in 1...1000 { text += "  a\(level): &a\(level) [[[[[[[[[[*a\(level - 1)]]]]]]]]]]\n" }
        let faults = SmallContract.outcome(adding: text).faults
        #expect(faults.contains { $0.message == "values are nested more than 64 deep" })
    }

    @Test(arguments: [100, 900, 5000, 300_000])
    func `deep nesting is refused`(depth: Int) {
        let text = "title: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let outcome = SmallContract.outcome(adding: text)
        #expect(outcome.definition == nil)
        #expect(!outcome.faults.isEmpty)
    }

    @Test func `a value cannot refer to itself`() {
        let faults = SmallContract.outcome(adding: "errors: &e { forbidden: *e }").faults
        #expect(faults.map(\.message) == ["nothing is anchored as &e before this"])
    }

    @Test func `a key that stands three times is told for each, in a file with any line ends`() {
        let text = SmallContract.text + "\nerrors:\n  'forbidden': {}\n  \"forbidden\": {}\n  forbidden: { x: 1 }"
        let text2 = text.replacing("\n", with: "\r\n")
        for text in [text, text2] {
            let faults = ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml").faults
            #expect(
                faults.map(\.description) == [
                    "c.yaml:11:3: error: the key \"forbidden\" stands twice in this map; the first is in line 10",
                    "c.yaml:11:3: error: the key \"forbidden\" stands twice in this map; the first is in line 9",
                    "c.yaml:11:16: error: unknown key \"x\" in an error\n  hint: known here: message, refused, code, close, reason, status",
                ])
        }
    }

    @Test func `a file of more than a MiB is refused`() {
        let outcome = SmallContract.outcome(adding: "# " + String(repeating: "x", count: 1024 * 1024))
        #expect(outcome.faults.map(\.description) == ["c.yaml:1:1: error: the file has more than 1 MiB"])
    }

    @Test func `more repeated keys than are looked for end the reading`() {
        let text = (0..<200).map { "k\($0): 1\nk\($0): 2" }.joined(separator: "\n")
        let faults = SmallContract.outcome(adding: text).faults
        #expect(faults.map(\.message) == ["more than 64 keys stand twice in their maps"])
    }

    @Test func `a file that is not there, a folder and bytes that are no text are faults`() throws {
        let loader = ContractLoader(environment: [:])
        #expect(
            loader.outcome(file: "/nowhere/c.yaml").faults.map(\.description) == [
                "/nowhere/c.yaml:1:1: error: there is no such file"
            ])
        #expect(loader.outcome(file: "/tmp").faults.map(\.description) == ["/tmp:1:1: error: the file cannot be read"])
        #expect(
            loader.outcome(file: "/dev/zero").faults.map(\.description) == [
                "/dev/zero:1:1: error: the file has more than 1 MiB"
            ])
        #expect(throws: ContractFaults.self) { try loader.load(file: "/nowhere/c.yaml") }
    }
}
