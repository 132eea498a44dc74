// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import Pages

/// A folder that is there as long as the object.
private final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path

    init(_ files: [String: String]) throws {
        for (name, text) in files {
            let place = URL(fileURLWithPath: "\(self.path)/\(name)")
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }
}

struct PageFolderTests {
    private func request(_ target: String, _ method: HTTPMethod = .get, _ headers: HTTPHeaders = [:]) -> HTTPRequest {
        HTTPRequest(method: method, target: target, headers: headers, eventLoop: EmbeddedEventLoop())
    }

    @Test func `files are served with their type, a tag and what protects them`() throws {
        let folder = try Folder(["index.html": "<p>Hi", "app.js": "1", "a/b c.css": "x{}", "a/index.html": "A"])
        let pages = try PageFolder(folder.path)
        let expected = [
            ("/", "text/html; charset=utf-8", "<p>Hi"), ("/index.html", "text/html; charset=utf-8", "<p>Hi"),
            ("/app.js?version=1", "text/javascript; charset=utf-8", "1"),
            ("/a/b%20c.css", "text/css; charset=utf-8", "x{}"), ("/a/", "text/html; charset=utf-8", "A"),
        ]
        for (target, type, text) in expected {
            let response = try #require(pages.response(to: self.request(target)))
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == type)
            #expect(String(buffer: response.body) == text)
            #expect(response.headers["X-Content-Type-Options"] == "nosniff")
            #expect(response.headers["Content-Security-Policy"]?.contains("script-src 'self';") == true)
            #expect(response.headers["ETag"] != nil)
        }
    }

    @Test func `what a client has is not sent again`() throws {
        let folder = try Folder(["index.html": "one", "other.html": "two"])
        let pages = try PageFolder(folder.path)
        let tag = try #require(pages.response(to: self.request("/"))?.headers["ETag"])
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let response = try #require(pages.response(to: self.request("/", .get, ["If-None-Match": known])))
            #expect(response.status == .notModified)
            #expect(response.body.readableBytes == 0)
            #expect(response.headers["ETag"] == tag)
        }
        let other = try #require(pages.response(to: self.request("/other.html", .get, ["If-None-Match": tag])))
        #expect(other.status == .ok)
    }

    @Test func `HEAD is answered like GET, other methods are not`() throws {
        let folder = try Folder(["index.html": "one"])
        let pages = try PageFolder(folder.path)
        #expect(pages.response(to: self.request("/", .head))?.status == .ok)
        let refused = try #require(pages.response(to: self.request("/", .post)))
        #expect(refused.status == .methodNotAllowed)
        #expect(refused.headers["Allow"] == "GET, HEAD")
    }

    @Test(arguments: [
        "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/a/../../secret", "/%2e%2e%2fsecret", "//etc/passwd",
        "/.hidden", "/.git/config", "/a", "/a/", "/out.txt", "/outside/secret", "/%00", "/%zz", "/index.html%00",
        "/INDEX.HTML", "/index.html/", "/a\\..\\secret",
    ])
    func `nothing but the folder's own files can be had`(target: String) throws {
        let outside = try Folder(["secret": "s"])
        let folder = try Folder(["index.html": "one", "a/x.txt": "x", ".hidden": "h", ".git/config": "g"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/out.txt", withDestinationPath: "\(outside.path)/secret")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/outside", withDestinationPath: outside.path)
        let pages = try PageFolder(folder.path)
        #expect(pages.response(to: self.request(target)) == nil)
    }

    @Test func `a link within the folder is followed, and one in a circle ends`() throws {
        let folder = try Folder(["index.html": "one"])
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/again", withDestinationPath: folder.path)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/same.html", withDestinationPath: "index.html")
        let pages = try PageFolder(folder.path)
        #expect(pages.response(to: self.request("/same.html"))?.status == .ok)
    }

    @Test func `a folder that is not there, and one with too much, is a fault`() throws {
        #expect(throws: PageFolder.Fault.self) { try PageFolder("/nowhere/at/all") }
        let folder = try Folder(["index.html": "one"])
        let big = "\(folder.path)/big.bin"
        #expect(FileManager.default.createFile(atPath: big, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: big))
        try handle.truncate(atOffset: UInt64(PageFolder.maximumByteCount))
        try handle.close()
        #expect(throws: PageFolder.Fault.self) { try PageFolder(folder.path) }
    }
}
