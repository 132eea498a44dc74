// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Testing

@Suite struct AppManifestTests {
    private static let contract = """
        apps: { channel: "room:{roomId}", manifest: "${MANIFEST:-}" }
        events: { "room:deleted": { to: [ global ] } }
        """
    private static let key = "0123456789abcdef"

    /// The faults as `LINE:COLUMN MESSAGE | HINT`.
    private func load(_ manifest: String, isProduction: Bool = false, _ environment: [String: String] = [:]) throws
        -> (apps: [App], faults: [String])
    {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml")
        try Data(manifest.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let text = SmallContract.text.replacingOccurrences(
            of: "channels:", with: "channels:\n  \"room:{roomId}\": { subscribe: member, publish: any }")
        let outcome = ContractLoader(
            environment: environment.merging(["MANIFEST": file.path]) { $1 }, isProduction: isProduction
        ).outcome(of: "\(text)\n\(Self.contract)", file: "c.yaml")
        let faults = outcome.faults.map { fault in
            #expect(fault.location.file == file.path || manifest.isEmpty)
            return "\(fault.location.line):\(fault.location.column) \(fault.message) | \(fault.hint ?? "")"
        }
        return (outcome.definition?.apps?.manifest ?? [], faults)
    }

    @Test func `ROOM-076 everything about an app can be said`() throws {
        let (apps, faults) = try self.load(
            """
            apps:
              app_quiz_v1:
                name: Quiz
                key: ${QUIZ_KEY}
                prefixes: [quiz, test:quiz]
                permissions: [realtime:publish, realtime:call]
                rooms: [r1]
                webhook: { url: "https://quiz.example/calls", secret: "${SECRET}" }
                events:
                  "quiz:asked": { description: A question., schema: { type: object, required: [q] }, example: { q: 1 } }
              app_lottery_v1: { key: "\(Self.key)" }
            """, isProduction: false,
            ["QUIZ_KEY": "key-of-the-quiz-app", "SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
        #expect(faults.isEmpty)
        let quiz = try #require(apps.first)
        #expect(quiz.id == "app_quiz_v1" && quiz.name == "Quiz" && quiz.rooms == ["r1"] && quiz.origin == .manifest)
        #expect(quiz.allPrefixes == ["quiz", "test:quiz", "app_quiz_v1"])
        #expect(quiz.permissions == ["realtime:publish", "realtime:call"])
        #expect(quiz.keyHash == SecretText.key(of: "key-of-the-quiz-app"))
        #expect(quiz.webhook?.url == "https://quiz.example/calls")
        #expect(quiz.events["quiz:asked"]?.compiledSchema != nil)
        #expect(apps.last?.allPrefixes == ["lottery", "app_lottery_v1"])
    }

    @Test(arguments: [
        (
            "permissions: [realtime:publsh]",
            ["3:19 there is no permission \"realtime:publsh\" | did you mean \"realtime:publish\"?"]
        ),
        ("prefixs: [a]", ["3:5 unknown key \"prefixs\" in an app | did you mean \"prefixes\"?"]),
        (
            "prefixes: [room]",
            [
                "3:16 \"room:deleted\" is the platform's own, so no app's events begin with \"room:\" | give the app another prefix"
            ]
        ),
        (
            "prefixes: [\"a b\"]",
            ["3:16 \"a b\" is no beginning of events' names | write lottery for lottery:draw_started"]
        ),
        (
            "webhook: { url: quiz.example, secret: x }",
            [
                "3:21 must be an http or https address without user and fragment | such as https://quiz.example/calls",
                "3:43 must be whsec_ and the base64 of 24 to 64 random bytes | ",
            ]
        ),
        (
            "events: { \"lottery:x\": {} }",
            ["3:28 \"lottery:x\" is no event of this app | the names of its events begin with quiz: or app_quiz_v1:"]
        ),
        (
            "events: { \"quiz:x\": { schema: { typ: object } } }",
            ["3:42 schema: \"typ\" is not a keyword | did you mean \"type\"?"]
        ),
        (
            "events: { \"quiz:x\": { schema: { type: object }, example: [1] } }",
            ["3:62 the example breaks the schema of quiz:x: it must be an object, is an array | "]
        ),
        (
            "events: { \"quiz:x\": { descripton: a } }",
            ["3:39 unknown key \"descripton\" in an event | did you mean \"description\"?"]
        ),
    ])
    func `ROOM-076 a fault stands at its place`(text: String, faults: [String]) throws {
        let manifest = "apps:\n  app_quiz_v1:\n    \(text)\n    key: \(Self.key)\n"
        #expect(try self.load(manifest).faults == faults)
    }

    @Test func `apps whose events begin alike are refused, and so are two with one key`() throws {
        let (_, faults) = try self.load(
            """
            apps:
              app_quiz_v1: { key: "0123456789abcdef" }
              app_quiz_v2: { key: "1123456789abcdef" }
              big: { key: "2123456789abcdef", prefixes: [ "quiz:big" ] }
              app_lottery_v1: { key: "0123456789abcdef" }
            """)
        #expect(
            faults == [
                "3:3 events of \"app_quiz_v1\" in line 2 begin with \"quiz:\" already | give one of them other prefixes",
                "4:47 events of \"app_quiz_v1\" in line 2 begin with \"quiz:\" already | give one of them other prefixes",
                "4:47 events of \"app_quiz_v2\" in line 3 begin with \"quiz:\" already | give one of them other prefixes",
                "5:3 \"app_lottery_v1\" has the key of \"app_quiz_v1\" in line 2 | give each app a key of its own",
            ])
    }

    @Test func `in production mode keys and secrets come from variables`() throws {
        let manifest = """
            apps:
              app_quiz_v1: { key: "${KEY:-0123456789abcdef}", webhook: { url: "http://a", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw } }
            """
        #expect(try self.load(manifest).faults.isEmpty)
        let faults = try self.load(manifest, isProduction: true).faults
        #expect(
            faults.map { $0.split(separator: "|")[0] } == [
                "2:23 a key must not stand in the file in production mode ",
                "2:87 a webhook's secret must not stand in the file in production mode ",
            ])
        #expect(try self.load("apps: { app_quiz_v1: { key: \"${KEY}\" } }").faults.count == 1)
        #expect(
            try self.load("apps: { app_quiz_v1: { key: short } }").faults == [
                "1:29 a key has 16 to 255 bytes | make one with: openssl rand -hex 32"
            ])
        #expect(try self.load("apps: { app_quiz_v1: {} }").faults.count == 1)
    }

    @Test func `what is no manifest is one fault`() throws {
        for text in ["contract: rooms\n", "[]", "apps: [a]", "apps: {"] {
            #expect(try !self.load(text).faults.isEmpty, "\(text)")
        }
        let outcome = SmallContract.outcome(adding: "apps: { channel: \"order:{orderId}\", manifest: nowhere.yaml }")
        #expect(
            outcome.faults.contains { $0.message.contains("there is no such file") && $0.location.file == "c.yaml" })
    }

    /// The shipped manifest with one line replaced, moved, cut or taken out.
    private static let mutations: [String] = {
        let file = URL(fileURLWithPath: ShippedContractTests.file).deletingLastPathComponent()
            .appendingPathComponent("apps/rooms.yaml")
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").components(separatedBy: "\n")
        let values = [
            "", "~", "[]", "{}", "[[]]", "{ a: b }", "-1", "\"\"", "*x", "${X}", "quiz", "[quiz, \"quiz:a\"]", "room",
        ]
        return lines.indices.flatMap { index -> [String] in
            let changed = values.map { value -> [String] in
                var text = lines
                if let colon = text[index].lastIndex(of: ":") { text[index] = "\(text[index][...colon]) \(value)" }
                return text
            }
            var (without, cut, moved) = (lines, Array(lines[..<index]), lines)
            without.remove(at: index)
            cut.append(String(lines[index].prefix(lines[index].count / 2)))
            moved.swapAt(index, (index * 7) % lines.count)
            return (changed + [without, cut, moved]).map { $0.joined(separator: "\n") }
        }
    }()

    @Test func `whatever is wrong in a manifest, it is told or the apps are sound`() async throws {
        var (soundCount, faultyCount) = (0, 0)
        // Every third is of each kind, too.
        for index in stride(from: 0, to: Self.mutations.count, by: 3) {
            let text = Self.mutations[index]
            // There are as many threads for all tests as there are cores.
            await Task.yield()
            let (apps, faults) = try self.load(text)
            if faults.isEmpty { soundCount += 1 } else { faultyCount += 1 }
            for (index, app) in apps.enumerated() {
                #expect(AppPrefix.isID(app.id) && app.keyHash != nil && app.events.keys.allSatisfy(app.owns), "\(text)")
                for other in apps[..<index] {
                    let overlap = app.allPrefixes.contains { prefix in
                        other.allPrefixes.contains { AppPrefix.overlap($0, prefix) }
                    }
                    #expect(!overlap, "\(text)")
                }
            }
        }
        #expect(soundCount > 15 && faultyCount > 60)
    }
}
