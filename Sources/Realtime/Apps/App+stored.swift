// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

extension App {
    /// What was kept of an app; `nil` when it cannot be read.
    init?(stored registration: StoredRegistration) {
        guard let root = try? JSONDocument(parsing: registration.content).root else { return nil }
        var reading = AppReading()
        // What it was registered with held then; what has become of the contract since is no reason to forget it.
        self = reading.app(registration.key, root, origin: .registry, ignoring: ["keyHash"])
        self.keyHash = root["keyHash"]?.string
    }

    var stored: StoredRegistration {
        var writer = JSONWriter()
        writer.beginObject()
        if let keyHash {
            writer.key("keyHash")
            writer.string(keyHash)
        }
        self.writeMembers(to: &writer, withSecrets: true)
        writer.endObject()
        return StoredRegistration(kind: .app, key: self.id, content: writer.bytes)
    }

    /// Everything but id, key and origin, as ``AppReading`` reads it.
    ///
    /// - Parameter withSecrets: for the store; otherwise the webhook's secret is left out.
    package func writeMembers(to writer: inout JSONWriter, withSecrets: Bool = false) {
        if let name {
            writer.key("name")
            writer.string(name)
        }
        writer.key("prefixes")
        writer.strings(self.prefixes)
        writer.key("permissions")
        writer.strings(self.permissions.sorted())
        if let rooms {
            writer.key("rooms")
            writer.strings(rooms)
        }
        if let webhook {
            writer.key("webhook")
            writer.beginObject()
            writer.key("url")
            writer.string(webhook.url)
            if withSecrets {
                writer.key("secret")
                writer.string(webhook.secret)
            }
            writer.endObject()
        }
        writer.key("events")
        writer.beginObject()
        for (name, event) in self.events.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.beginObject()
            event.writeMembers(to: &writer)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension AppEvent {
    func writeMembers(to writer: inout JSONWriter) {
        if let description {
            writer.key("description")
            writer.string(description)
        }
        if let schema {
            writer.key("schema")
            writer.raw(schema.root)
        }
        if let example {
            writer.key("example")
            writer.raw(example.root)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func strings(_ texts: [String]) {
        self.beginArray()
        for text in texts { self.string(text) }
        self.endArray()
    }
}
