// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
package import NIOCore

/// One file as it is served: its bytes, what they are, and a tag that changes when they do.
package struct PageFile: Sendable {
    package let body: ByteBuffer
    /// Of the header `Content-Type`.
    package let contentType: String
    /// Of the header `ETag`: strong, quotes included.
    package let tag: String

    /// - Parameter name: its ending tells the type.
    package init(name: String, body: [UInt8]) {
        self.body = ByteBuffer(bytes: body)
        self.contentType = Self.contentType(of: name)
        let digest = SHA256.hash(data: body).prefix(16)
        self.tag = "\"" + Data(digest).base64EncodedString() + "\""
    }

    /// What browsers run or show is named; anything else they may only save.
    private static func contentType(of name: String) -> String {
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        return switch ending {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "txt", "md", "yaml", "yml", "ts": "text/plain; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }

    /// Whether a client that has what these tags stand for has this file (RFC 9110 §13.1.2).
    ///
    /// - Parameter tags: of the header `If-None-Match`.
    package func isKnown(to tags: String) -> Bool {
        tags.split(separator: ",").contains { tag in
            let tag = tag.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == self.tag || tag == "W/" + self.tag
        }
    }
}
