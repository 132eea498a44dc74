// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Testing

/// The public parsing cases: names start with `y_` for what must be accepted, `n_` for what must be
/// refused, `i_` for what is left to the parser.
@Suite struct ParsingCaseTests {
    /// The folder of cases, or nil with a printed reason.
    static let folder: URL? = {
        let root =
            ProcessInfo.processInfo.environment["SWITCHBOARD_TESTDATA"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/testdata")
        let folder = root.appending(path: "json-parsing/test_parsing")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("SKIPPED: the JSON parsing cases are not at \(folder.path); set SWITCHBOARD_TESTDATA to their parent")
            return nil
        }
        return folder
    }()

    static func cases(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
        guard let folder else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasPrefix(prefix) }
            .map { ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0)))) }
    }

    @Test(.enabled(if: folder != nil))
    func `every text that the public cases accept is accepted`() throws {
        let cases = try Self.cases("y_")
        #expect(cases.count > 90)
        for (name, bytes) in cases {
            #expect(throws: Never.self, "\(name)") { try JSONDocument(parsing: bytes) }
        }
    }

    @Test(.enabled(if: folder != nil))
    func `every text that the public cases refuse is refused, at a place inside the text`() throws {
        let cases = try Self.cases("n_")
        #expect(cases.count > 180)
        for (name, bytes) in cases {
            let error = #expect(throws: JSONParseError.self, "\(name)") { try JSONDocument(parsing: bytes) }
            #expect((0...bytes.count).contains(error?.offset ?? -1), "\(name)")
        }
    }

    @Test(.enabled(if: folder != nil))
    func `a text that the public cases leave open is parsed or refused, and what is parsed can be read`() throws {
        let cases = try Self.cases("i_")
        #expect(cases.count > 30)
        for (name, bytes) in cases {
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            #expect(document.root.isSameValue(as: document.root), "\(name)")
            for element in document.root.elements {
                // Reads every scalar form; which of them are nil is the case's business.
                #expect(element.kind != .number || element.numberText != nil, "\(name)")
                #expect(element.kind != .string || element.string != nil, "\(name)")
                #expect(element.double.map(\.isFinite) ?? true, "\(name)")
            }
        }
    }
}
