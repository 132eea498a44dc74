// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import HTTP
import NIOCore

/// A folder of static files, served as it was at the start.
///
/// Everything is read once: a request is answered by looking its path up, so that no request reaches the file system and no
/// path leads out of the folder. Hidden files and links that lead out are left out; folders are not listed.
package struct PageFolder: Sendable {
    /// Why a folder cannot be served, in one line.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// What all files may have together; they stay in memory.
    package static let maximumByteCount = 32 * 1024 * 1024
    package static let maximumFileCount = 1000
    static let maximumDepth = 8

    /// By path, decoded, beginning with `/`.
    private var files: [String: PageFile] = [:]

    /// - Throws: ``Fault`` when the folder or a file cannot be read, or there is too much.
    package init(_ folder: String) throws(Fault) {
        guard let root = Self.resolved(folder) else { throw Fault(description: "there is no folder \"\(folder)\"") }
        var byteCount = 0
        try self.add(root, below: root, as: "", depth: 0, &byteCount)
    }

    /// A file's bytes; `nil`: there is none at this path.
    package func file(at path: String) -> PageFile? { self.files[path] }

    /// The answer to a request for one of the files; `nil`: the path is none's.
    package func response(to request: HTTPRequest) -> HTTPResponse? {
        guard var path = PercentEncoding.decode(request.rawPath) else { return nil }
        if path.hasSuffix("/") { path += "index.html" }
        guard let file = self.files[path] else { return nil }
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(.methodNotAllowed, headers: ["Allow": "GET, HEAD"])
        }
        let isKnown = request.headers["If-None-Match"].map { file.isKnown(to: $0) } ?? false
        var response = isKnown ? HTTPResponse(.notModified) : HTTPResponse(.ok, body: file.body)
        if !isKnown { response.headers.append("Content-Type", file.contentType) }
        response.headers.append("ETag", file.tag)
        // Asked for each time, and answered with 304 as long as nothing has changed.
        response.headers.append("Cache-Control", "no-cache")
        for (name, value) in Self.protection { response.headers.append(name, value) }
        return response
    }

    /// Pages run their own scripts alone, connect to this machine alone, and stand in no other page.
    private static let protection: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' "
                + ["ws", "wss", "http", "https"].flatMap { scheme in
                    ["localhost", "127.0.0.1"].map { "\(scheme)://\($0):*" }
                }.joined(separator: " ")
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    // MARK: Reading

    private mutating func add(
        _ folder: String, below root: String, as prefix: String, depth: Int, _ byteCount: inout Int
    ) throws(Fault) {
        guard depth < Self.maximumDepth else { return }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw Fault(description: "\"\(folder)\" cannot be read")
        }
        for name in names where !name.hasPrefix(".") {
            guard let place = Self.resolved("\(folder)/\(name)"), place.hasPrefix(root + "/") else { continue }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                try self.add(place, below: root, as: "\(prefix)/\(name)", depth: depth + 1, &byteCount)
            } else {
                byteCount += try self.add(file: place, as: "\(prefix)/\(name)", room: Self.maximumByteCount - byteCount)
            }
        }
    }

    private mutating func add(file place: String, as path: String, room: Int) throws(Fault) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: place)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { return 0 }
        guard self.files.count < Self.maximumFileCount, let size = attributes?[.size] as? Int, size <= room else {
            throw Fault(
                description: "it holds more than \(Self.maximumFileCount) files or \(Self.maximumByteCount >> 20) MiB")
        }
        guard let contents = FileManager.default.contents(atPath: place), contents.count <= room else {
            throw Fault(description: "\"\(place)\" cannot be read")
        }
        self.files[path] = PageFile(name: path, body: Array(contents))
        return contents.count
    }

    /// The path without links; `nil`: there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
