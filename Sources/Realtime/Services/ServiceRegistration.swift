// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A service that is known, and what has to outlast the process about it.
package struct ServiceRegistration: Sendable, Equatable {
    package enum Origin: String, Sendable {
        case contract
        /// The admin API.
        case registry
    }

    package var service: MonitoredService
    package var origin: Origin
    /// It was told as removed because nothing was heard of it.
    package var isLost: Bool

    package init(_ service: MonitoredService, origin: Origin, isLost: Bool = false) {
        self.service = service
        self.origin = origin
        self.isLost = isLost
    }

    package var stored: StoredRegistration {
        var writer = JSONWriter()
        writer.beginObject()
        self.service.write(to: &writer)
        if let every = self.service.every {
            writer.key("every")
            writer.int(Int(every))
        }
        writer.key("origin")
        writer.string(self.origin.rawValue)
        if self.isLost {
            writer.key("lost")
            writer.bool(true)
        }
        writer.endObject()
        return StoredRegistration(kind: .service, key: self.service.name, content: writer.bytes)
    }

    /// - Returns: `nil` for what is no service, or cannot be read.
    package init?(_ stored: StoredRegistration) {
        guard stored.kind == .service, let content = try? JSONDocument(parsing: stored.content).root,
            let service = MonitoredService(name: stored.key, content: content)
        else { return nil }
        self.service = service
        self.origin = content["origin"]?.string.flatMap { Origin(rawValue: $0) } ?? .registry
        self.isLost = content["lost"]?.bool ?? false
    }
}
