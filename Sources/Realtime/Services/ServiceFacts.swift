// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What templates may say of a service, as `{service.…}`.
package struct ServiceFacts: Sendable {
    /// Of every announcement.
    package static let identity = ["name", "url", "port", "version"]
    package static let health = Self.identity + ["status", "checks", "metrics"]
    package static let removal = Self.identity + ["reason"]
    package static let figures = Self.identity + ["metrics"]
    /// Those that have values of their own.
    package static let deep = ["checks", "metrics"]

    private let service: MonitoredService
    package var version: String?
    package var health: ServiceHealth?
    package var reason: String?

    package init(_ service: MonitoredService) {
        self.service = service
        self.version = service.version
    }

    /// - Returns: the payload; `nil` when what the service sent nests too deep to be passed on.
    package func payload(of announcement: MonitorRules.Announcement, now: Timestamp) -> JSONDocument? {
        var scope = TemplateScope(now: now)
        let depth = JSONDocument.deepestNesting
        guard let facts = try? JSONDocument(parsing: self.json, maximumDepth: depth) else { return nil }
        scope.service = facts.root
        return try? JSONDocument(parsing: announcement.data.rendered(in: scope), maximumDepth: depth)
    }

    private var json: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("name")
        writer.string(self.service.name)
        writer.key("url")
        writer.string(self.service.url)
        writer.key("port")
        writer.int(self.service.port)
        if let version {
            writer.key("version")
            writer.string(version)
        }
        if let health {
            writer.key("status")
            writer.string(health.status.rawValue)
            writer.key("checks")
            writer.raw(health.checks)
            if let metrics = health.metrics {
                writer.key("metrics")
                writer.raw(metrics)
            }
        }
        if let reason {
            writer.key("reason")
            writer.string(reason)
        }
        writer.endObject()
        return writer.bytes
    }
}
