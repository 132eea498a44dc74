// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import Realtime

/// Reads `errors:`, the core's error codes in the platform's words.
struct ErrorCompiler {
    let channelParameters: [String]
    /// Of all HTTP requests.
    let pathParameters: [String]
    let faults: FaultCollector

    func rules(_ node: DocumentNode?) -> ErrorRules {
        var rules: [RequestError.Code: ErrorRules.Rule] = [:]
        for entry in node?.entries("\"errors\"", self.faults) ?? [] {
            let code = RequestError.Code(rawValue: entry.key)
            guard RequestError.Code.all.contains(code) else {
                self.faults.error(
                    "unknown error code \"\(entry.key)\"", at: entry.keyLocation,
                    hint: Spelling.hint(for: entry.key, among: RequestError.Code.all.map(\.rawValue)))
                continue
            }
            rules[code] = self.rule(entry)
        }
        return ErrorRules(rules)
    }

    private func rule(_ entry: DocumentNode.Entry) -> ErrorRules.Rule? {
        guard let map = MapReader(entry.value, ContractKeys.error, what: "an error", self.faults) else { return nil }
        var rule = ErrorRules.Rule()
        for key in ["message", "refused"] {
            guard let message = map[key] else { continue }
            let context = TemplateContext(
                name: "the \(key == "message" ? "message" : "refusal") of \"\(entry.key)\"",
                roots: [.error, .command, .args, .channel, .user, .connection, .path, .query, .body, .now],
                channelParameters: self.channelParameters, pathParameters: self.pathParameters)
            let text = TemplateCompiler(context: context, faults: self.faults).text(message, what: "\"\(key)\"")
            if key == "message" { rule.message = text } else { rule.refused = text }
            if text?.parts.contains(.value(TemplatePath(.errorMessage))) == true {
                self.faults.error(
                    "\"{error.message}\" is the text that is being written here", at: message.location,
                    hint: "leave \"\(key)\" out to keep the server's own words")
            }
        }
        rule.code = map["code"]?.nonEmptyText("\"code\"", self.faults)
        if let close = map["close"] { rule.close = self.closeCode(close) }
        if let reason = map["reason"], let text = reason.text("\"reason\"", self.faults) {
            // RFC 6455 §5.5: a control frame has at most 125 bytes, two of which are the code.
            if text.utf8.count > 123 {
                self.faults.error("\"reason\" must have at most 123 bytes, has \(text.utf8.count)", at: reason.location)
            }
            if map["close"] == nil {
                self.faults.error(
                    "\"reason\" is for errors that close the connection", at: map.keyLocation("reason"),
                    hint: "add close: 4000, say")
            }
            rule.reason = text
        }
        rule.status = map["status"]?.integer("\"status\"", in: 400...599, self.faults)
        return rule
    }

    private func closeCode(_ node: DocumentNode) -> CloseCode? {
        guard let code = node.integer("a close code", in: 0...65535, self.faults) else { return nil }
        guard [1000, 1003, 1008].contains(code) || (3000...4999).contains(code) else {
            self.faults.error(
                "the close code \(code) is not for applications", at: node.location,
                hint: "RFC 6455 §7.4 leaves 1000, 1003, 1008 and 3000 to 4999 to them")
            return nil
        }
        return UInt16(exactly: code).map { CloseCode(rawValue: $0) }
    }
}
