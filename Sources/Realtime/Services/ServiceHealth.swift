// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// How a service is, by its own word or by what came of asking it.
package struct ServiceHealth: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case healthy, degraded, unhealthy

        /// Also in the words of others, whatever their letter case: `ok`, `up`, `pass`; `warn`, `warning`; `fail`, `down`, `error`.
        package init?(word: String) {
            guard word.utf8.count <= 16 else { return nil }
            switch word.lowercased() {
            case "healthy", "ok", "up", "pass": self = .healthy
            case "degraded", "warn", "warning": self = .degraded
            case "unhealthy", "fail", "down", "error": self = .unhealthy
            default: return nil
            }
        }
    }

    package var status: Status
    /// A JSON object: a check's name to an object with a text `status`.
    package var checks: [UInt8]
    package var version: String?
    /// A JSON object.
    package var metrics: [UInt8]?

    package static let noChecks = Array("{}".utf8)

    package init(_ status: Status, checks: [UInt8] = Self.noChecks) {
        self.status = status
        self.checks = checks
    }

    /// One check that says what was found wrong from outside.
    package init(_ status: Status, check name: String, says message: String) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginObject()
        writer.key("status")
        writer.string(status.rawValue)
        writer.key("message")
        writer.string(message)
        writer.endObject()
        writer.endObject()
        self.init(status, checks: writer.bytes)
    }

    /// Checks, version and metrics of an object that a service sent; what is of another kind than it should be is left out.
    package init(_ status: Status, of object: JSONNode) {
        self.init(status)
        let details = object["details"]
        if let checks = object["checks"] ?? details?["checks"] { self.checks = Self.checks(checks) }
        if let version = object["version"]?.string, (1...128).contains(version.utf8.count) { self.version = version }
        if let metrics = object["metrics"] ?? details?["metrics"], metrics.kind == .object, metrics.count > 0 {
            self.metrics = Array(metrics.rawBytes)
        }
    }

    /// Each with a text as its `status`. A check that is a text or a truth value is taken for its status.
    private static func checks(_ node: JSONNode) -> [UInt8] {
        guard node.kind == .object, node.count > 0 else { return Self.noChecks }
        if node.members.allSatisfy({ $0.value["status"]?.kind == .string }) { return Array(node.rawBytes) }
        var writer = JSONWriter()
        writer.beginObject()
        for member in node.members {
            let status: String
            switch member.value.kind {
            case .object where member.value["status"]?.kind == .string:
                writer.key(member.name)
                writer.raw(member.value)
                continue
            case .string: status = member.value.string ?? ""
            case .bool: status = (member.value.bool == true ? Status.healthy : .unhealthy).rawValue
            default: continue
            }
            writer.key(member.name)
            writer.beginObject()
            writer.key("status")
            writer.string(status)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}
