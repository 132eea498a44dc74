// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import JSONSchema
import Testing

/// The public test suite of JSON Schema 2020-12, read from where `SWITCHBOARD_TESTDATA` says.
@Suite struct PublicSuiteTests {
    /// The suite's folder, or nil with a printed reason.
    static let folder: URL? = {
        let root =
            ProcessInfo.processInfo.environment["SWITCHBOARD_TESTDATA"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/testdata")
        let folder = root.appending(path: "json-schema")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print(
                "SKIPPED: the JSON Schema test suite is not at \(folder.path); set SWITCHBOARD_TESTDATA to its parent")
            return nil
        }
        return folder
    }()

    /// Files of the optional part that are left out, each with its reason.
    static let skippedFiles: [String: String] = [
        "optional/cross-draft.json": "refers to a schema of 2019-09; one dialect is enough",
        "optional/dependencies-compatibility.json": "\"dependencies\" left the specification in 2019-09",
        "optional/format/ecmascript-regex.json": "the format \"regex\" is an annotation",
        "optional/format/regex.json": "the format \"regex\" is an annotation",
        "optional/format/duration.json": "the format is an annotation",
        "optional/format/idn-email.json": "the format is an annotation",
        "optional/format/idn-hostname.json": "the format is an annotation",
        "optional/format/iri.json": "the format is an annotation",
        "optional/format/iri-reference.json": "the format is an annotation",
        "optional/format/json-pointer.json": "the format is an annotation",
        "optional/format/relative-json-pointer.json": "the format is an annotation",
        "optional/format/uri-template.json": "the format is an annotation",
    ]

    /// Whether a case is left out: host names whose internationalized labels decode to something not allowed.
    /// The tables of IDNA 2008 are not worth their size here.
    static func isSkipped(_ file: String, _ data: JSONNode, _ isValid: Bool) -> Bool {
        guard file == "optional/format/hostname.json", !isValid else { return false }
        return data.string?.lowercased().hasPrefix("xn--") ?? false
    }

    /// The metaschema and the suite's remote documents, supplied.
    static func compiler(assertsFormats: Bool) throws -> JSONSchemaCompiler {
        var compiler = JSONSchemaCompiler(assertsFormats: assertsFormats, allowsUnknownKeywords: true)
        for (uri, document) in try Metaschema.documents() { compiler.supply(document, at: uri) }
        let remotes = try #require(Self.folder).appending(path: "remotes")
        for path in try FileManager.default.subpathsOfDirectory(atPath: remotes.path) where path.hasSuffix(".json") {
            let bytes = [UInt8](try Data(contentsOf: remotes.appending(path: path)))
            compiler.supply(try JSONDocument(parsing: bytes), at: "http://localhost:1234/\(path)")
        }
        return compiler
    }

    static func files(in subfolder: String) throws -> [String] {
        let tests = try #require(Self.folder).appending(path: "tests/draft2020-12/\(subfolder)")
        return try FileManager.default.contentsOfDirectory(atPath: tests.path).sorted()
            .filter { $0.hasSuffix(".json") }.map { subfolder + $0 }
    }

    /// Runs the cases of some files and counts those that were run.
    private func run(_ files: [String], assertsFormats: Bool) throws -> Int {
        let compiler = try Self.compiler(assertsFormats: assertsFormats)
        var count = 0
        for file in files where Self.skippedFiles[file] == nil {
            let url = try #require(Self.folder).appending(path: "tests/draft2020-12/\(file)")
            let document = try JSONDocument(parsing: [UInt8](try Data(contentsOf: url)))
            for group in document.root.elements {
                count += try self.run(group, of: file, with: compiler)
            }
        }
        return count
    }

    private func run(_ group: JSONNode, of file: String, with compiler: JSONSchemaCompiler) throws -> Int {
        // A document of its own: `#` means the schema's root, not the file's.
        let source = try JSONDocument(parsing: try #require(group["schema"]).rawBytes)
        let name = "\(file): \(group["description"]?.string ?? "")"
        let schema: CompiledSchema
        do {
            schema = try compiler.compile(source.root)
        } catch {
            Issue.record("\(name) was refused: \(error)")
            return 0
        }
        var count = 0
        for test in try #require(group["tests"]).elements {
            let data = try #require(test["data"])
            let isValid = try #require(test["valid"]).bool == true
            guard !Self.isSkipped(file, data, isValid) else { continue }
            count += 1
            let label = "\(name): \(test["description"]?.string ?? "")"
            #expect(schema.accepts(data) == isValid, "\(label)")
            #expect(schema.violations(in: data).isEmpty == isValid, "\(label)")
        }
        return count
    }

    @Test(.enabled(if: folder != nil))
    func `every required case of the public suite has its answer`() throws {
        #expect(try self.run(Self.files(in: ""), assertsFormats: false) > 1200)
    }

    @Test(.enabled(if: folder != nil))
    func `every optional case of the public suite that is in scope has its answer`() throws {
        #expect(try self.run(Self.files(in: "optional/"), assertsFormats: false) > 100)
    }

    @Test(.enabled(if: folder != nil))
    func `every case of the public suite for a format that is checked has its answer`() throws {
        #expect(try self.run(Self.files(in: "optional/format/"), assertsFormats: true) > 350)
    }
}
