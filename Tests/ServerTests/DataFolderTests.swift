// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Server

struct DataFolderTests {
    private let temporary: TemporaryFolder

    init() throws { self.temporary = try TemporaryFolder() }

    private var path: String { self.temporary.path + "/data" }

    @Test func `the folder is made for its owner alone`() throws {
        _ = try DataFolder(path: self.path + "/deep")
        #expect(try Self.mode(of: self.path + "/deep") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.path + "/deep").isEmpty)
    }

    @Test func `a secret is made once, and is the same after the next start`() throws {
        let folder = try DataFolder(path: self.path)
        #expect(folder.secret("A") == nil)
        let first = try folder.makeSecret("A")
        #expect(first.isNew)
        #expect(first.value.count == 64 && first.value.allSatisfy(\.isHexDigit))
        let again = try folder.makeSecret("A")
        #expect(!again.isNew && again.value == first.value)
        let other = try DataFolder(path: self.path).makeSecret("B")
        #expect(other.isNew && other.value != first.value)
        #expect(try DataFolder.secrets(in: self.path) == ["A": first.value, "B": other.value])
    }

    @Test func `only the owner may read the secrets`() throws {
        _ = try DataFolder(path: self.path).makeSecret("A")
        #expect(try Self.mode(of: self.path + "/secrets") == 0o600)
    }

    @Test func `a secret that could not be kept is not known either`() throws {
        let folder = try DataFolder(path: self.path)
        // A folder where the file should be made: nobody can write it, not even root.
        try FileManager.default.createDirectory(atPath: self.path + "/secrets.new", withIntermediateDirectories: false)
        let error = try #require(throws: ServerError.self) { try folder.makeSecret("A") }
        #expect(error.message.hasPrefix("error: the secrets in \"\(self.path)\" cannot be written: "))
        #expect(folder.secret("A") == nil)
    }

    @Test func `secrets that cannot be read are not replaced`() throws {
        try FileManager.default.createDirectory(atPath: self.path + "/secrets", withIntermediateDirectories: true)
        let error = try #require(throws: ServerError.self) { try DataFolder(path: self.path) }
        #expect(error.message.contains("\(self.path)/secrets") && error.message.contains("hint: "))
    }

    @Test func `a folder that cannot be written to is a plain error`() throws {
        let file = try self.temporary.file("file", "")
        for path in [file, "\(file)/below", "/proc/no-such-folder"] {
            let error = try #require(throws: ServerError.self) { try DataFolder(path: path) }
            #expect(error.message.hasPrefix("error: the data folder \"\(path)\" cannot be written to: "))
            #expect(error.message.contains("--data"))
            for word in ["Domain", "Error(", "couldn’t", "operation could not"] {
                #expect(!error.message.contains(word))
            }
        }
    }

    @Test func `looking for secrets makes no folder`() throws {
        #expect(try DataFolder.secrets(in: self.path).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: self.path))
    }

    @Test func `lines that are no secrets are passed over, and a secret may hold the sign between`() throws {
        _ = try DataFolder(path: self.path)
        try Data("\nnothing\nA=b=c\n".utf8).write(to: URL(fileURLWithPath: self.path + "/secrets"))
        #expect(try DataFolder.secrets(in: self.path) == ["A": "b=c"])
    }

    private static func mode(of path: String) throws -> Int {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        return try #require((mode as? NSNumber)?.intValue) & 0o777
    }
}
