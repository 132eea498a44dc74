// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import Realtime
import Synchronization
import Testing

@testable import Server

struct LogFileTests {
    private func lines(_ path: String) -> [String] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `lines are written whole and in order, for the owner alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.log"
        _ = FileManager.default.createFile(
            atPath: path, contents: Data("old\n".utf8), attributes: [.posixPermissions: 0o644])
        let file = try LogFile(path, maximumByteCount: 1_000_000) { _ in }
        for index in 0..<5000 { file.write(Array("line \(index)".utf8)) }
        file.close()
        #expect(self.lines(path) == ["old"] + (0..<5000).map { "line \($0)" })
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(file.lostCount == 0)
    }

    @Test func `a file past its size is put aside, and five are kept`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.log"
        for index in 0..<8 {
            let file = try LogFile(path, maximumByteCount: 4000) { _ in }
            for _ in 0..<3 { file.write(Array(repeating: UInt8(ascii: "0") + UInt8(index), count: 999)) }
            file.close()
        }
        #expect(self.lines(path).allSatisfy { $0.first == "7" })
        for number in 1...5 {
            #expect(self.lines("\(path).\(number)").allSatisfy { $0.first == Character("\(7 - number)") })
            #expect(self.lines("\(path).\(number)").count == 3)
        }
        #expect(!FileManager.default.fileExists(atPath: path + ".6"))
    }

    @Test func `a renamed file is left alone once it was opened again`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.log"
        let file = try LogFile(path, maximumByteCount: 1_000_000) { _ in }
        file.write(Array("one".utf8))
        file.close()
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        let next = try LogFile(path, maximumByteCount: 1_000_000) { _ in }
        try FileManager.default.moveItem(atPath: path, toPath: path + ".older")
        next.reopen()
        next.write(Array("two".utf8))
        next.close()
        #expect(self.lines(path) == ["two"])
        #expect(self.lines(path + ".old") == ["one"])
        #expect(self.lines(path + ".older").isEmpty)
    }

    @Test func `a disk without room loses lines, counts them and ends nothing`() throws {
        let said = Mutex<[String]>([])
        let file = try LogFile("/dev/full", maximumByteCount: 1_000_000) { line in said.withLock { $0.append(line) } }
        for _ in 0..<100 { file.write(Array("line".utf8)) }
        file.close()
        #expect(file.lostCount == 100)
        #expect(said.withLock { $0.first?.contains("lines are lost") } == true)
    }

    @Test func `a file that cannot be opened is said so at the start`() {
        #expect(throws: ServerError.self) {
            _ = try LogFile("/nowhere/audit.log", maximumByteCount: 1_000_000) { _ in }
        }
    }

    @Test func `what was lost stands in the file before what comes after`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.log"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
        let said = DispatchSemaphore(value: 0)
        let file = try LogFile(path, maximumByteCount: 1_000_000) { _ in said.signal() }
        file.write(Array("lost".utf8))
        #expect(said.wait(timeout: .now() + 10) == .success)
        try FileManager.default.removeItem(atPath: path)
        file.reopen()
        file.write(Array("after".utf8))
        file.close()
        let lines = self.lines(path)
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix(#","lost":1}"#) == true)
        #expect(lines.last == "after")
        #expect(file.lostCount == 1)
    }

    @Test(arguments: [
        ("token=eyJhbGciOi.x.y&since=5", "token=REDACTED&since=5"),
        ("tok%65n=abc", "tok%65n=REDACTED"), ("TOKEN=abc", "TOKEN=REDACTED"), ("%zz=abc", "%zz=REDACTED"),
        ("other=eyJhbGciOi", "other=REDACTED"), ("other=Bearer+abc", "other=REDACTED"), ("eyJhbGciOi", "REDACTED"),
        ("ticket=abc", "ticket=REDACTED"), ("again=abc", "again=REDACTED"), ("", ""), ("a=b&&c", "a=b&c"),
        ("long=" + String(repeating: "a", count: 70), "long=" + String(repeating: "a", count: 64) + "..."),
    ])
    func `nothing of a query is logged that lets somebody in (ALL-D08)`(query: String, logged: String) {
        var rules = AuthRules()
        rules.credentials = [.init(.session, .query("ticket"))]
        rules.resume = .init(source: .query("again"), age: 1)
        var redaction = QueryRedaction()
        redaction.hideCredentials(of: rules)
        #expect(redaction.text(of: QueryString(query)) == logged)
    }

    @Test func `the id of a session in a path is not logged (ALL-D08)`() {
        #expect(QueryRedaction.path("/v1/platforms/shop/sessions/abc") == "/v1/platforms/shop/sessions/REDACTED")
        #expect(QueryRedaction.path("/v1/platforms/shop/%73essions/abc") == "/v1/platforms/shop/%73essions/REDACTED")
        #expect(QueryRedaction.path("/v1/platforms/shop/sessions") == "/v1/platforms/shop/sessions")
    }
}
