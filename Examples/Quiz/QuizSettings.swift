// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Foundation
import HTTP

/// What the program is told by its environment.
struct QuizSettings: Sendable {
    /// Where Switchboard's room platform listens.
    let server: String
    /// As it is registered, with its key and the secret of its webhook.
    let app: String
    let key: String
    let signature: WebhookSignature
    let port: Int

    /// - Throws: which variable is missing or wrong, in words.
    init(_ environment: [String: String]) throws(Fault) {
        func value(_ name: String, _ standard: String? = nil) throws(Fault) -> String {
            guard let text = environment[name] ?? standard, !text.isEmpty else { throw Fault("\(name) is not set") }
            return text
        }
        self.server = try value("QUIZ_SERVER", "http://127.0.0.1:4000")
        self.app = try value("QUIZ_APP", "app_quiz_v1")
        self.key = try value("QUIZ_KEY")
        guard let signature = WebhookSignature(secret: try value("QUIZ_SECRET")) else {
            throw Fault("QUIZ_SECRET is no secret of a webhook: whsec_ and base64")
        }
        self.signature = signature
        guard let port = Int(try value("QUIZ_PORT", "9101")), (0...65_535).contains(port) else {
            throw Fault("QUIZ_PORT is no port")
        }
        self.port = port
        guard BackendAddress(self.server) != nil else { throw Fault("QUIZ_SERVER is no http:// or https:// address") }
    }

    /// Where events for a room go.
    func address(of room: String) -> BackendAddress? {
        BackendAddress("\(self.server)/api/rooms/\(PercentEncoding.encode(room))/events")
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
