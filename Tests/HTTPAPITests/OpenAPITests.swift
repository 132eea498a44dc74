// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import Testing

@testable import HTTPAPI

struct OpenAPITests {
    private static func description() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("docs/openapi.yaml"), encoding: .utf8)
    }

    @Test func `the description in the binary is docs/openapi.yaml, byte for byte`() throws {
        let answer = try AdminFixture().send(.get, "/openapi.yaml")
        #expect(answer.headers["Content-Type"] == "application/yaml")
        // As one condition: a difference would print both texts.
        let isSame = answer.text == (try Self.description())
        #expect(isSame, "run scripts/embed-openapi")
    }

    @Test func `the description has every method of every path, and no other`() throws {
        var path = ""
        var described: Set<String> = []
        for line in try Self.description().split(separator: "\n").prefix(while: { $0 != "components:" }) {
            if line.hasPrefix("  /") { path = line.dropFirst(2).dropLast().description }
            let word = line.dropFirst(4).dropLast()
            if line.hasPrefix("    "), ["get", "put", "post", "delete"].contains(word) {
                described.insert("\(word.uppercased()) \(path)")
            }
        }
        let served = Set(Endpoint.allCases.map { "\($0.route.method.rawValue) \($0.route.path)" })
        #expect(described == served)
    }
}
